#include <fmt/format.h>

#include <algorithm>

#include "retort/report/escape.hpp"
#include "retort/report/number_words.hpp"
#include "retort/report/page_models.hpp"
#include "retort/report/sections.hpp"
#include "retort/report/table.hpp"

namespace retort {
namespace {

// The accuracy on some test images, with its interval and errors.
std::string cell_html(const Scores* scores) {
  if (scores == nullptr || scores->count <= 0) return "<td>–</td>";
  const auto [low, high] = wilson_interval(scores->count - scores->errors, scores->count);
  return fmt::format("<td>{}<small>{:.2f}–{:.2f}; {} of {} wrong</small></td>",
                     percent(scores->accuracy), 100 * low, 100 * high, thousands(scores->errors),
                     thousands(scores->count));
}

}  // namespace

std::string other_tests_html(const RunResult& result) {
  std::vector<std::string> names;
  for (const ModelResult& model : result.models) {
    for (const auto& [name, scores] : model.others) {
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
  }
  if (names.empty()) return "";
  std::string head = "<td></td><th scope=\"col\">its own</th>";
  for (const std::string& name : names) {
    head += fmt::format("<th scope=\"col\">{}</th>", name_html(name));
  }
  std::string rows;
  for (const ModelResult* model : measured_models(result)) {
    rows += fmt::format("<tr><th scope=\"row\">{}</th>{}", name_html(model->name),
                        cell_html(&model->test));
    for (const std::string& name : names) {
      const auto found = std::find_if(model->others.begin(), model->others.end(),
                                      [&](const auto& one) { return one.first == name; });
      rows += cell_html(found == model->others.end() ? nullptr : &found->second);
    }
    rows += "</tr>";
  }
  return table_html("other test images", head, rows) +
         "<p class=\"note\">Right on the test images of the experiment’s data, and on those of its "
         "other data sets, after the last step; the interval is Wilson’s, 95 %. They choose "
         "nothing.</p>";
}

}  // namespace retort
