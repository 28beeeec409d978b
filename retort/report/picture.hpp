#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace retort {

/// An image of the data as an <img>: its colours or, with any other number of channels than three,
/// the first one; large ones are reduced. Empty when the record of it is damaged. `what` says what
/// is seen.
std::string picture_html(const std::array<int64_t, 3>& shape, const std::vector<uint8_t>& pixels,
                         std::string_view what);

}  // namespace retort
