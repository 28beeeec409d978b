#pragma once

#include <string>
#include <string_view>

namespace retort {

/// The text as HTML, for content and for quoted attributes alike: every text of a stranger goes
/// through here. Bytes that are not UTF-8, control characters and the marks that turn the direction
/// of the text around them become U+FFFD; newlines and tabs stay.
std::string escaped(std::string_view text);

/// At most `most` characters (code points) of a text, the last one an ellipsis when some are left
/// out. Not escaped.
std::string shortened(std::string_view text, size_t most);

/// A name as HTML: escaped, shortened, and set apart so that its direction does not spread.
std::string name_html(std::string_view name, size_t most = 32);

}  // namespace retort
