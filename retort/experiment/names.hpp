#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace retort {

/// Whether a text can be a folder's name and part of a tensor's: letters, digits, '-', '_', '.' and
/// what is in `more`, not beginning with a dot.
bool is_name(const std::string& text, std::string_view more = "", size_t most = 100);

/// Whether a name is one of these.
bool holds(const std::vector<std::string>& names, const std::string& name);

/// A name that stands there more than once, the first of such in alphabetical order.
std::optional<std::string> repeated(std::vector<std::string> names);

}  // namespace retort
