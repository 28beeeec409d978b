#include <fmt/format.h>

#include <cmath>

#include "retort/report/escape.hpp"
#include "retort/report/number_words.hpp"
#include "retort/report/page_models.hpp"
#include "retort/report/sections.hpp"
#include "retort/report/table.hpp"

namespace retort {
namespace {

std::string prior_rows(const RunResult& result, const Adjustment& one) {
  std::string rows;
  for (size_t c = 0; c < one.prior.size(); ++c) {
    if (std::isnan(one.prior[c])) continue;
    rows += fmt::format(
        "<tr><th scope=\"row\">{} "
        "<small>{}</small></th><td>{}</td><td>{}</td><td>{:+.2f}</td></tr>",
        name_html(one.model), name_html(class_name(result, c)), percent(one.before[c]),
        percent(one.prior[c]), one.biases[c]);
  }
  return rows;
}

std::string bounds_html(const std::string& bounds) {
  if (bounds.empty()) return "";
  return fmt::format(
      "<p class=\"note\">To compare with, the best that one bias could do if it were chosen on the "
      "test labels. It is chosen on the test set, so it is a bound and no result:</p><ul>{}</ul>",
      bounds);
}

}  // namespace

std::string expected_html(const std::vector<Verdict>& verdicts) {
  if (verdicts.empty()) return "";
  std::string rows;
  for (const Verdict& one : verdicts) {
    const std::string cell =
        one.cell.empty() ? "" : "<small>" + name_html(one.cell, 120) + "</small>";
    rows += fmt::format(
        "<tr><th scope=\"row\" class=\"expression\">{}{}</th><td>{}</td><td>{:.6g}</td><td>{}</td>"
        "<td class=\"word source\">{}</td></tr>",
        name_html(one.number, 200), cell, one.holds() ? "holds" : "<b>does not hold</b>", one.value,
        band_text(one), name_html(one.source, 500));
  }
  return table_html("expected numbers",
                    "<th scope=\"col\">number</th><td></td><th scope=\"col\">value</th>"
                    "<th scope=\"col\">expected</th><th scope=\"col\" class=\"word\">from</th>",
                    rows);
}

std::string expected_html(const RunResult& result) {
  return expected_html(result.verdicts);
}

std::string adjusted_html(const RunResult& result) {
  if (result.adjustments.empty()) return "";
  std::string rows, bounds;
  for (const Adjustment& one : result.adjustments) {
    rows += prior_rows(result, one);
    if (one.bound_errors < 0) continue;
    bounds += fmt::format("<li>{}: {} with a common bias of {:+.1f} on these classes.</li>",
                          name_html(one.model), counted(one.bound_errors, "error", "errors"),
                          one.bound_bias);
  }
  return fmt::format(
             "<p>A student whose transfer images lacked classes, or held too many of them, "
             "believes in them too little or too much. Here its output biases were moved until the "
             "mean "
             "probability of a class over {} is the share that the class is known to have. No "
             "label was used.</p>",
             counted(result.adjustments.front().images, "image", "images")) +
         table_html("adjusted biases",
                    "<td></td><th scope=\"col\">mean probability</th><th scope=\"col\">wanted</th>"
                    "<th scope=\"col\">bias</th>",
                    rows) +
         bounds_html(bounds);
}

}  // namespace retort
