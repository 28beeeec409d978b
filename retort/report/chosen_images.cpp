#include <fmt/format.h>

#include "retort/report/escape.hpp"
#include "retort/report/number_words.hpp"
#include "retort/report/page_models.hpp"
#include "retort/report/sections.hpp"
#include "retort/report/table.hpp"

namespace retort {
namespace {

// "; 12 were left out because ...", where there are any.
std::string left_out(int64_t count, const std::string& why) {
  if (count == 0) return "";
  return fmt::format("; {} left out: {}", counted(count, "image", "images"), why);
}

}  // namespace

std::string chosen_images_html(const RunResult& result) {
  if (!result.choice) return "";
  const ImageChoice& choice = *result.choice;
  const std::string teacher = "the teacher " + name_html(choice.teacher);
  std::string html = fmt::format(
      "<p>Of {} without a label the student learns from {}{}{}{}. Which ones stands in "
      "student/images.csv.</p>",
      counted(choice.images, "image", "images"), thousands(choice.kept),
      left_out(choice.near_duplicates, "as good as a test image"),
      left_out(choice.unsure, teacher + " was not sure enough"),
      left_out(choice.beyond_quota, "there were enough of their class"));
  if (choice.teacher.empty()) return html;
  std::string rows;
  for (size_t c = 0; c < choice.per_class.size(); ++c) {
    rows += fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td></tr>",
                        name_html(class_name(result, c)), thousands(choice.per_class[c]));
  }
  return html + table_html("chosen images",
                           "<td></td><th scope=\"col\">kept<small>as " + teacher +
                               " sees them</small></th>",
                           rows);
}

}  // namespace retort
