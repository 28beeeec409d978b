#include <fmt/format.h>

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

std::string rows_of(const ModelResult& model) {
  std::string rows;
  const EpochRecord& last = model.training.epochs.back();
  for (const TermValue& term : last.terms) {
    rows += fmt::format("<tr><th scope=\"row\">{} <small>{}</small></th>{}{}{}</tr>",
                        name_html(model.name), name_html(term.name), number_cell(term.raw),
                        number_cell(term.weighted), norm_cell(term.gradient_norm));
  }
  if (last.terms.size() > 1) {
    rows +=
        fmt::format("<tr><th scope=\"row\">{} <small>all terms</small></th><td></td>{}{}</tr>",
                    name_html(model.name), number_cell(last.loss), norm_cell(last.gradient_norm));
  }
  return rows;
}

}  // namespace

std::string terms_html(const RunResult& result) {
  std::string rows;
  for (const ModelResult* model : page_order(result)) {
    if (!model->training.epochs.empty()) rows += rows_of(*model);
  }
  if (rows.empty()) return "";
  return table_html("terms of the loss",
                    "<td></td><th scope=\"col\">term<small>mean</small></th>"
                    "<th scope=\"col\">times its weight</th>"
                    "<th scope=\"col\">gradient<small>norm</small></th>",
                    rows) +
         "<p class=\"note\">Terms over the last epoch; gradients at its last step, before "
         "clipping. Norms add up only where gradients point the same way.</p>";
}

}  // namespace retort
