#pragma once

#include <string>
#include <vector>

namespace retort {

struct PageSection {
  std::string id, heading;
  std::string html;  // left out where it is empty
};

/// The parts of a page. What ends in `_html` is HTML already, the rest is escaped.
struct PageParts {
  std::string title;
  std::string name_html;
  std::string status;  // beside the name; may be empty, as all below
  std::string summary;
  std::string brought;  // a second sentence
  std::string header_html;
  std::string warnings_html;
  std::vector<PageSection> sections;
  std::string footer;
};

/// The page: one HTML file without script that fetches nothing.
std::string framed_page(const PageParts& parts);

}  // namespace retort
