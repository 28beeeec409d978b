#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace retort {

/// 128 bits that name a content (data, model, settings): equal contents have equal fingerprints.
struct Fingerprint {
  uint64_t high = 0;
  uint64_t low = 0;
  bool operator==(const Fingerprint&) const = default;
  /// 32 hexadecimal digits.
  std::string text() const;
};

/// XXH3 (128 bits) of the bytes; not meant against forgery.
Fingerprint fingerprint_of(std::string_view bytes);

}  // namespace retort
