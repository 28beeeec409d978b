#pragma once

#include <string>
#include <string_view>

namespace retort {

/// Whether a text can be a folder's name and part of a tensor's: letters, digits, '-', '_', '.' and
/// what is in `more`, not beginning with a dot.
bool is_name(const std::string& text, std::string_view more = "", size_t most = 100);

}  // namespace retort
