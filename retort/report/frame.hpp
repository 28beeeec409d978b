#pragma once

#include <string>
#include <vector>

namespace retort {

/// A page before it is put together. What ends in _html is HTML, the rest is plain text.
struct Page {
  std::string title;
  std::string name_html;
  std::string status;  // empty: nothing to say of it
  std::string summary;
  std::string second;  // sentence below the summary; may be empty
  std::string head_html;
  struct Section {
    std::string id, heading;
    std::string body_html;  // left out where it is empty
  };
  std::vector<Section> sections;
  std::string version;  // of the program; may be empty
  std::string source;   // where the numbers stand
};

std::string page_html(const Page& page);

/// Warnings as a list; empty without any. Each is HTML.
std::string warning_list_html(const std::vector<std::string>& warnings_html);

}  // namespace retort
