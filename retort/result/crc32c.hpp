#pragma once

#include <cstdint>
#include <string_view>

namespace retort {

/// CRC-32C, the checksum of iSCSI (RFC 3720, appendix B.4): polynomial 0x1EDC6F41, reflected.
uint32_t crc32c(std::string_view bytes);

}  // namespace retort
