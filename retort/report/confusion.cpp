#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "retort/report/escape.hpp"
#include "retort/report/matrix.hpp"
#include "retort/report/number_words.hpp"
#include "retort/report/page_models.hpp"
#include "retort/report/sections.hpp"

namespace retort {
namespace {

struct Confusion {
  size_t label = 0, answer = 0;
  int64_t count = 0;
};

// Everything off the diagonal that happened.
std::vector<Confusion> confusions_of(const Scores& scores) {
  std::vector<Confusion> found;
  for (size_t label = 0; label < scores.confusion.size(); ++label) {
    const std::vector<int64_t>& row = scores.confusion[label];
    const size_t answers = std::min(row.size(), scores.confusion.size());
    for (size_t answer = 0; answer < answers; ++answer) {
      if (answer != label && row[answer] > 0) found.push_back({label, answer, row[answer]});
    }
  }
  return found;
}

std::string number_of(int64_t count) {
  constexpr int64_t most_digits = 9999;
  return count > most_digits ? scaled(static_cast<double>(count)) : fmt::format("{}", count);
}

std::string confusion_matrix_html(const RunResult& result, const ModelResult& model) {
  Matrix matrix{.classes = {},
                .cells = {},
                .caption = name_html(model.name),
                .label = "confusion matrix: true classes by row, answers by column",
                .rows = "true",
                .columns = "answer",
                .colour = role_class(model.role)};
  const std::vector<std::vector<int64_t>>& rows = model.test.confusion;
  for (size_t i = 0; i < rows.size(); ++i) matrix.classes.push_back(class_name(result, i));
  int64_t most = 1;
  for (const Confusion& one : confusions_of(model.test)) most = std::max(most, one.count);
  for (size_t row = 0; row < rows.size(); ++row) {
    for (size_t column = 0; column < std::min(rows[row].size(), rows.size()); ++column) {
      const int64_t count = rows[row][column];
      if (count == 0) continue;
      const double share = static_cast<double>(count) / static_cast<double>(most);
      const bool is_wrong = row != column;
      matrix.cells.push_back({.row = row,
                              .column = column,
                              .strength = is_wrong && count > 0 ? std::sqrt(share) : 0,
                              .number = number_of(count),
                              .is_minor = !is_wrong});
    }
  }
  return matrix_html(matrix);
}

std::string most_frequent_html(const RunResult& result, const ModelResult& model) {
  constexpr size_t most = 8;
  std::vector<Confusion> confusions = confusions_of(model.test);
  if (confusions.empty()) return "";
  std::stable_sort(confusions.begin(), confusions.end(),
                   [](const Confusion& a, const Confusion& b) { return a.count > b.count; });
  confusions.resize(std::min(confusions.size(), most));
  std::string rows;
  for (const Confusion& one : confusions) {
    rows += fmt::format("<tr><th scope=\"row\">{}</th><td class=\"word\">{}</td><td>{}</td></tr>",
                        name_html(class_name(result, one.label)),
                        name_html(class_name(result, one.answer)), thousands(one.count));
  }
  return fmt::format(
      "<figure><figcaption>{}: most frequent</figcaption><div class=\"wide\" role=\"region\" "
      "aria-label=\"most frequent confusions\" tabindex=\"0\"><table><thead><tr><th scope=\"col\">"
      "true</th><th scope=\"col\" class=\"word\">answer</th><th "
      "scope=\"col\">times</th></tr></thead>"
      "<tbody>{}</tbody></table></div></figure>",
      name_html(model.name), rows);
}

}  // namespace

std::string confusion_html(const RunResult& result) {
  Models models = measured_models(result);
  std::erase_if(models, [](const ModelResult* model) { return model->test.confusion.empty(); });
  if (models.empty()) return "";
  std::string html =
      fmt::format("<div class=\"panels\">{}{}</div>", confusion_matrix_html(result, *models[0]),
                  most_frequent_html(result, *models[0]));
  if (models.size() > 1) {
    std::string others;
    for (size_t i = 1; i < models.size(); ++i) others += confusion_matrix_html(result, *models[i]);
    html += fmt::format(
        "<details><summary>The other models</summary><div class=\"panels\">{}</div></details>",
        others);
  }
  return html;
}

}  // namespace retort
