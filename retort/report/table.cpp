#include "retort/report/table.hpp"

#include <fmt/format.h>

namespace retort {

std::string table_html(std::string_view what, const std::string& head, const std::string& rows) {
  return fmt::format(
      R"(<div class="wide" role="region" aria-label="{}" tabindex="0"><table><thead><tr>{}</tr>)"
      "</thead><tbody>{}</tbody></table></div>",
      what, head, rows);
}

}  // namespace retort
