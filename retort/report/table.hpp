#pragma once

#include <string>
#include <string_view>

namespace retort {

/// A table of HTML cells under a head, called `what` to screen readers. A wide one scrolls by
/// itself; the page does not.
std::string table_html(std::string_view what, const std::string& head, const std::string& rows);

}  // namespace retort
