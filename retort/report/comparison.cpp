#include "retort/report/comparison.hpp"

#include <fmt/format.h>

#include "retort/report/bars.hpp"
#include "retort/report/compared_curves.hpp"
#include "retort/report/escape.hpp"
#include "retort/report/frame.hpp"
#include "retort/report/number_words.hpp"
#include "retort/report/run_names.hpp"
#include "retort/report/sections.hpp"
#include "retort/report/table.hpp"

namespace retort {
namespace {

using Names = std::vector<std::string>;  // of the runs, one each

std::string bars_of(const std::vector<ComparedRun>& runs, const Names& names) {
  std::vector<BarGroup> groups;
  for (size_t i = 0; i < runs.size(); ++i) {
    BarGroup group{.name = end_of_name(names[i], 21), .bars = {}};
    for (const ModelResult* model : measured_models(runs[i].result)) {
      group.bars.push_back({.model = model,
                            .value = static_cast<double>(model->test.errors),
                            .number = thousands(model->test.errors)});
    }
    groups.push_back(std::move(group));
  }
  Models legend;
  for (const std::string_view role : page_roles) {
    for (const ComparedRun& run : runs) {
      const ModelResult* model = first_with_role(run.result, role);
      if (model == nullptr) continue;
      legend.push_back(model);
      break;
    }
  }
  return legend_html(legend) + bars_html(groups);
}

std::string models_of(const std::vector<ComparedRun>& runs, const Names& names) {
  std::string rows;
  for (size_t i = 0; i < runs.size(); ++i) {
    for (const ModelResult* model : measured_models(runs[i].result)) {
      const auto [low, high] =
          wilson_interval(model->test.count - model->test.errors, model->test.count);
      rows += fmt::format(
          "<tr><th scope=\"row\">{}<small>{}</small></th><td>{}</td><td>{}<small>{:.2f}–{:.2f}"
          "</small></td><td>{}</td><td>{}</td><td>{}</td></tr>",
          name_html(names[i], 120), name_html(model->name), thousands(model->test.errors),
          percent(model->test.accuracy), 100 * low, 100 * high, significant(model->test.nll),
          significant(model->test.ece), thousands(model->parameters));
    }
  }
  if (rows.empty()) return "";
  return table_html("models of all runs",
                    "<td></td><th scope=\"col\">errors</th><th scope=\"col\">accuracy<small>95 % "
                    "interval</small></th><th scope=\"col\">NLL<small>nats</small></th><th "
                    "scope=\"col\">ECE</th><th scope=\"col\">parameters</th>",
                    rows);
}

std::string differences_of(const std::vector<ComparedRun>& runs, const Names& names) {
  std::string list;
  for (size_t i = 1; i < runs.size(); ++i) {
    const std::vector<std::string>& lines = runs[i].differences;
    list += fmt::format("<h3>{}</h3><pre>{}</pre>", name_html(names[i], 120),
                        lines.empty() ? "the same experiment" : escaped(join(lines, "\n")));
  }
  return list.empty() ? ""
                      : fmt::format("<p class=\"note\">From {}: before and after.</p>{}",
                                    name_html(names[0], 120), list);
}

}  // namespace

std::string comparison_html(const std::vector<ComparedRun>& runs) {
  const Names names = distinct_names(runs);
  return page_html(
      {.title = "Comparison – Retort",
       .name_html = "Comparison",
       .status = {},
       .summary = fmt::format("{} side by side.",
                              counted(static_cast<int64_t>(runs.size()), "run", "runs")),
       .second = {},
       .head_html = {},
       .sections = {{"errors", "Errors on the test images", bars_of(runs, names)},
                    {"curves", "Learning curves", compared_curves_html(runs)},
                    {"models", "The models", models_of(runs, names)},
                    {"differences", "What the experiments differ in", differences_of(runs, names)}},
       .version = {},
       .source = "Made of the runs’ records."});
}

}  // namespace retort
