#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "retort/report/escape.hpp"
#include "retort/report/number_words.hpp"
#include "retort/report/page_models.hpp"
#include "retort/report/sections.hpp"
#include "retort/report/table.hpp"

namespace retort {
namespace {

std::string number_cell(double number, bool measured = true) {
  return fmt::format("<td>{}</td>", measured && std::isfinite(number) ? significant(number)
                                                                      : std::string(no_number));
}

std::string norm_cell(double norm) {
  return number_cell(norm, norm >= 0);
}

bool leaves_out_samples(const RunResult& result) {
  return std::any_of(result.models.begin(), result.models.end(), [](const ModelResult& model) {
    if (model.training.epochs.empty()) return false;
    const auto& terms = model.training.epochs.back().terms;
    return std::any_of(terms.begin(), terms.end(),
                       [](const TermValue& term) { return term.kept >= 0; });
  });
}

// kept: with a column of the share of samples that teach.
std::string rows_of(const ModelResult& model, bool kept) {
  std::string rows;
  const EpochRecord& last = model.training.epochs.back();
  for (const TermValue& term : last.terms) {
    const std::string share =
        kept ? fmt::format("<td>{}</td>",
                           term.kept < 0 ? std::string(no_number) : percent(term.kept))
             : "";
    rows += fmt::format("<tr><th scope=\"row\">{} <small>{}</small></th>{}{}{}{}</tr>",
                        name_html(model.name), name_html(term.name), share, number_cell(term.raw),
                        number_cell(term.weighted), norm_cell(term.gradient_norm));
  }
  if (last.terms.size() > 1) {
    rows +=
        fmt::format("<tr><th scope=\"row\">{} <small>all terms</small></th>{}<td></td>{}{}</tr>",
                    name_html(model.name), kept ? "<td></td>" : "", number_cell(last.loss),
                    norm_cell(last.gradient_norm));
  }
  return rows;
}

}  // namespace

std::string terms_html(const RunResult& result) {
  const bool kept = leaves_out_samples(result);
  std::string rows;
  for (const ModelResult* model : page_order(result)) {
    if (!model->training.epochs.empty()) rows += rows_of(*model, kept);
  }
  if (rows.empty()) return "";
  return table_html("terms of the loss",
                    std::string("<td></td>") +
                        (kept ? "<th scope=\"col\">teaches<small>of samples</small></th>" : "") +
                        "<th scope=\"col\">term<small>mean</small></th>"
                        "<th scope=\"col\">times its weight</th>"
                        "<th scope=\"col\">gradient<small>norm</small></th>",
                    rows) +
         fmt::format(
             "<p class=\"note\">Terms over the last epoch; gradients at its last step, before "
             "clipping. Norms add up only where gradients point the same way.{}</p>",
             kept ? " Samples teach where the teacher is sure enough of them." : "");
}

}  // namespace retort
