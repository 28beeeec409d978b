#include "retort/base/hash.hpp"

#include <fmt/format.h>
#include <xxhash.h>

namespace retort {

std::string Fingerprint::text() const {
  return fmt::format("{:016x}{:016x}", high, low);
}

Fingerprint fingerprint_of(std::string_view bytes) {
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return {hash.high64, hash.low64};
}

}  // namespace retort
