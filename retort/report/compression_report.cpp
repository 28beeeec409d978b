#include "retort/report/compression_report.hpp"

#include <fmt/format.h>

#include <cmath>

#include "retort/report/compression_words.hpp"
#include "retort/report/escape.hpp"
#include "retort/report/frame.hpp"
#include "retort/report/number_words.hpp"
#include "retort/report/sweep_report.hpp"
#include "retort/report/table.hpp"

namespace retort {
namespace {

std::string milliseconds(double number) {
  return std::isfinite(number) ? significant(number, 3) : std::string(no_number);
}

std::string fronts_text(const Compression& one, size_t index) {
  constexpr const char* words[] = {"latency", "parameters", "MACs", "file"};
  std::vector<std::string> fronts;
  for (const CostKind kind : cost_kinds) {
    if (student_front(one.students, kind)[index]) {
      fronts.emplace_back(words[static_cast<size_t>(kind)]);
    }
  }
  return fronts.size() == std::size(words) ? "all" : fronts.empty() ? "none" : join(fronts);
}

std::string costs_cells(const CompressedModel& model) {
  return fmt::format("<td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td>",
                     thousands(model.parameters), scaled(static_cast<double>(model.macs)),
                     model.file_bytes > 0 ? scaled(static_cast<double>(model.file_bytes), "B")
                                          : std::string(no_number),
                     milliseconds(model.latency_ms), milliseconds(model.latency_all_ms));
}

std::string accuracy_cells(const CompressedModel& model) {
  return fmt::format("<td>{}</td><td>{}<small>{}</small></td>",
                     accuracy_text(model.accuracy.validation), accuracy_text(model.accuracy.test),
                     model.twin.test.count > 0 ? "twin " + accuracy_text(model.twin.test) : "");
}

std::string models_html(const Compression& one) {
  std::string rows;
  for (size_t i = 0; i < one.students.size(); ++i) {
    const CompressedModel& student = one.students[i];
    const bool misses = !missed_limits(student, one.limits).empty();
    const char* verdict = one.chosen == i ? "chosen" : misses ? "misses a limit" : "";
    rows += fmt::format(
        "<tr><th scope=\"row\" class=\"expression\">{}<small>{}</small></th>{}{}<td "
        "class=\"word\">{}</td></tr>",
        name_html(student.name, 80), verdict, accuracy_cells(student), costs_cells(student),
        fronts_text(one, i));
  }
  rows += fmt::format("<tr><th scope=\"row\">{}<small>teacher</small></th>{}{}<td></td></tr>",
                      name_html(one.teacher.name), accuracy_cells(one.teacher),
                      costs_cells(one.teacher));
  // The accuracies stand first: a narrow screen cuts the end of the table off.
  std::string head = "<td></td>";
  for (const char* name :
       {"validation", "test", "parameters", "MACs", "file", "ms<small>one thread</small>",
        "ms<small>all threads</small>", "front of"}) {
    head += fmt::format("<th scope=\"col\">{}</th>", name);
  }
  const Environment& on = one.environment;
  return table_html("students and their costs", head, rows) +
         fmt::format(
             "<p class=\"note\">ms: 90th percentile of single images one after the other, as in "
             "MLPerf’s single-stream scenario, by <code>retort bench</code>, norms folded into "
             "convolutions; {} threads are all. {}, retort {}, LibTorch {}, {}. Accuracies: means "
             "over the seeds ± standard deviation.</p>",
             on.threads, escaped(on.cpu), escaped(on.retort), escaped(on.libtorch),
             escaped(on.dtype));
}

}  // namespace

std::string compression_report_html(const Compression& one, const SweepResult& sweep) {
  Page page = sweep_page(sweep);
  page.summary = compression_sentence(one);
  page.second = choice_sentence(one);
  page.sections.insert(page.sections.begin(),
                       {{"costs", "Accuracy against cost", compression_plots_html(one)},
                        {"students", "The students", models_html(one)}});
  page.source = "The numbers stand in compress.json and sweep.json, beside this page.";
  return page_html(page);
}

}  // namespace retort
