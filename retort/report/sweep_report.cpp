#include "retort/report/sweep_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "retort/report/escape.hpp"
#include "retort/report/frame.hpp"
#include "retort/report/number_words.hpp"
#include "retort/report/page_models.hpp"
#include "retort/report/row_dots.hpp"
#include "retort/report/sections.hpp"
#include "retort/report/sweep_plots.hpp"
#include "retort/report/sweep_words.hpp"
#include "retort/report/table.hpp"

namespace retort {
namespace {

// A reader who starts here finds the explanations on the page of a cell.
std::string way_on_html(const SweepResult& sweep) {
  const auto done = std::find_if(sweep.cells.begin(), sweep.cells.end(),
                                 [](const CellResult& cell) { return cell.status == "done"; });
  if (done == sweep.cells.end()) return "";
  return fmt::format(
      "<p class=\"note\">A student learns from a teacher’s soft targets, its twin, the same "
      "network, "
      "from the labels alone. What soft targets are, what the temperature does to them and how the "
      "training went is told on the page of each cell, for one <a href=\"{}/report.html\">{}</a>."
      "</p>",
      escaped(done->slug), name_html(done->slug, 120));
}

std::string spread_cell(const Spread& spread) {
  if (spread.count == 0) return std::string(no_number);
  if (spread.count == 1) return fmt::format("{:.0f}", spread.mean);
  return fmt::format("{:.1f} ± {:.1f}<small>{:.1f} … {:.1f}</small>", spread.mean, spread.deviation,
                     spread.low, spread.high);
}

std::string p_text(double p) {
  return p < 0 ? std::string(no_number) : significant(p, 2);
}

std::string model_headings(const RoledNames& models) {
  std::string head;
  for (const auto& [name, role] : models) {
    head += fmt::format("<th scope=\"col\" class=\"{}\">{}</th>", role, name_html(name));
  }
  return head;
}

// The fields that every row has a value of; the seed makes no rows.
std::vector<SweptField> columns_of(const SweepResult& sweep) {
  std::vector<SweptField> columns;
  for (const SweptField& field : sweep.fields) {
    const bool common = std::all_of(sweep.rows.begin(), sweep.rows.end(), [&](const SweepRow& row) {
      return std::any_of(row.values.begin(), row.values.end(),
                         [&](const auto& value) { return value.first == field.field; });
    });
    if (common && field.field != "seed") columns.push_back(field);
  }
  return columns;
}

// A cell for each column. What the row has beyond them stands small in the first: a column of it
// would be empty in other rows, and says nothing of the value that those keep.
std::string values_cells(const SweepResult& sweep, const std::vector<SweptField>& columns,
                         const SweepRow& row) {
  auto own = row.values;
  std::vector<std::string> cells;
  for (const SweptField& column : columns) {
    const auto value = std::find_if(own.begin(), own.end(),
                                    [&](const auto& one) { return one.first == column.field; });
    cells.push_back(name_html(value->second));
    own.erase(value);
  }
  if (cells.empty() && sweep.rows.size() > 1) cells.emplace_back();
  if (!cells.empty() && !own.empty()) {
    cells[0] += "<small>" + name_html(values_words(sweep, own), 120) + "</small>";
  }
  std::string html;
  for (const std::string& cell : cells) {
    html += fmt::format("<td{}>{}</td>", html.empty() ? " class=\"word\"" : "", cell);
  }
  return html;
}

std::string rows_html(const SweepResult& sweep) {
  const auto models = models_of(sweep);
  if (models.empty()) return "";
  const std::vector<SweptField> columns = columns_of(sweep);
  std::string head, rows;
  for (const SweptField& field : columns) {
    head += fmt::format("<th scope=\"col\">{}</th>", name_html(field.label));
  }
  if (columns.empty() && sweep.rows.size() > 1) head += "<td></td>";
  const bool sizes = students_differ_in_size(sweep);
  if (sizes) {
    head += "<th scope=\"col\">parameters</th><th scope=\"col\">MACs</th>";
  }
  // The answer stands before the models: a narrow screen cuts the end of the table off.
  head +=
      "<th scope=\"col\">n</th><th scope=\"col\">student − twin</th><th scope=\"col\">p<small>at "
      "most</small></th><th scope=\"col\">gap closed</th>" +
      model_headings(models);
  for (const SweepRow& row : sweep.rows) {
    rows += "<tr>";
    rows += values_cells(sweep, columns, row);
    if (sizes) {
      rows += fmt::format("<td>{}</td><td>{}</td>", scaled(static_cast<double>(row.parameters)),
                          scaled(static_cast<double>(row.macs)));
    }
    const int64_t done = row.errors.empty() ? 0 : row.errors.front().second.count;
    rows += done == row.cells ? fmt::format("<td>{}</td>", done)
                              : fmt::format("<td>{} of {}</td>", done, row.cells);
    const std::optional<double> closed = gap_closed(row);
    rows +=
        fmt::format("<td>{}</td><td>{}</td><td>{}</td>", spread_cell(row.difference),
                    p_text(row.largest_p), closed && *closed > 0 ? percent(*closed, 0) : no_number);
    for (const auto& [name, role] : models) {
      const Spread* errors = errors_of(row, name);
      rows += fmt::format("<td>{}</td>", errors == nullptr ? no_number : spread_cell(*errors));
    }
    rows += "</tr>";
  }
  return table_html("errors by values", head, rows) +
         "<p class=\"note\">Errors on the test images: mean ± standard deviation over n seeds, "
         "below it the 95 % interval of the mean by Student’s t; of student − twin, that of the "
         "difference within each seed. p: the largest of the cells’ exact McNemar tests of "
         "student and twin. Gap closed: of the errors that the row’s one teacher makes fewer than "
         "the "
         "twin, the share that the student is spared.</p>";
}

std::string cells_html(const SweepResult& sweep) {
  const auto models = models_of(sweep);
  std::string rows;
  for (const CellResult& cell : sweep.cells) {
    const bool done = cell.status == "done";
    const std::string name = name_html(cell.slug, 120);
    rows += fmt::format(
        "<tr><th scope=\"row\">{}{}</th>",
        done ? fmt::format("<a href=\"{}/report.html\">{}</a>", escaped(cell.slug), name) : name,
        done ? "" : "<small>" + name_html(cell.status) + "</small>");
    for (const auto& [model_name, role] : models) {
      std::string errors(no_number);
      for (const CellModel& model : cell.models) {
        if (done && model.name == model_name) errors = thousands(model.errors);
      }
      rows += fmt::format("<td>{}</td>", errors);
    }
    double p = -1;
    for (const PairedTest& test : cell.paired) {
      if (done && test.second == "twin") p = test.p;
    }
    rows += fmt::format("<td>{}</td></tr>", p_text(p));
  }
  return table_html("cells", "<td></td>" + model_headings(models) + "<th scope=\"col\">p</th>",
                    rows);
}

std::string failures_html(const SweepResult& sweep) {
  constexpr size_t most = 500;  // characters of an error
  std::vector<std::string> failures;
  for (const CellResult& cell : sweep.cells) {
    if (cell.error.empty()) continue;
    failures.push_back(name_html(cell.slug, 120) + ": " + name_html(cell.error, most));
  }
  return warning_list_html(failures);
}

}  // namespace

Page sweep_page(const SweepResult& sweep) {
  const auto [summary, second] = answer_of(sweep);
  const std::string plots = sweep_plots_html(sweep);
  return {.title = shortened(sweep.name, 100) + " – Retort",
          .name_html = name_html(sweep.name, 100),
          .status = sweep.status == "done" ? "" : shortened(sweep.status, 100),
          .summary = summary,
          .second = second,
          .head_html = failures_html(sweep) + way_on_html(sweep),
          .sections = {{"rows", "Errors by what was varied", rows_html(sweep)},
                       {"expected", "Expected numbers", expected_html(sweep.verdicts)},
                       {"plots", "Courses", plots},
                       {"dots", "Errors of every row", plots.empty() ? row_dots_html(sweep) : ""},
                       {"cells", "The cells", cells_html(sweep)}},
          .version = {},
          .source = "The numbers stand in sweep.json, beside this page."};
}

std::string sweep_report_html(const SweepResult& sweep) {
  return page_html(sweep_page(sweep));
}

}  // namespace retort
