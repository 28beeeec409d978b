#include "retort/experiment/sweep_expect.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <sstream>

#include "retort/config/expression.hpp"
#include "retort/result/figures.hpp"

namespace retort {
namespace {

std::vector<std::string> parts_of(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
  return parts;
}

// "temperature=8|20": the cells whose field has one of these values.
struct Condition {
  std::string field;
  std::vector<std::string> values;
};

class Choices {
 public:
  explicit Choices(const Sweep& sweep) : sweep_(sweep) {
    for (const SweepCell& cell : sweep.cells) {
      for (const auto& [field, value] : cell.values) {
        if (std::find(fields_.begin(), fields_.end(), field) == fields_.end()) {
          fields_.push_back(field);
        }
      }
    }
    labels_ = field_labels(fields_);
  }

  /// The indices of the cells that a choice names.
  std::vector<size_t> cells(const std::string& choice) const {
    const std::vector<Condition> conditions = read(choice);
    std::vector<size_t> chosen;
    for (size_t i = 0; i < sweep_.cells.size(); ++i) {
      const bool fits = std::all_of(conditions.begin(), conditions.end(), [&](const auto& one) {
        return std::any_of(one.values.begin(), one.values.end(), [&](const std::string& value) {
          return has(sweep_.cells[i], one.field, value);
        });
      });
      if (fits) chosen.push_back(i);
    }
    if (chosen.empty()) fail(choice, "no cell has all of it");
    return chosen;
  }

 private:
  [[noreturn]] static void fail(const std::string& choice, const std::string& problem) {
    throw Error(ExitCode::usage, fmt::format("[{}]: {}", printable(choice), problem));
  }

  static bool has(const SweepCell& cell, const std::string& field, const std::string& value) {
    return std::any_of(cell.values.begin(), cell.values.end(), [&](const FieldValue& one) {
      return one.first == field && value_words(one.second) == value;
    });
  }

  std::vector<Condition> read(const std::string& choice) const {
    std::vector<Condition> conditions;
    for (const std::string& part : parts_of(choice, ',')) {
      const size_t sign = part.find('=');
      const std::string name = part.substr(0, sign);
      if (sign == std::string::npos) fail(choice, "wanted FIELD=VALUE or FIELD=VALUE|VALUE");
      const auto label = std::find(labels_.begin(), labels_.end(), name);
      if (label == labels_.end()) {
        fail(choice,
             fmt::format("no field \"{}\" is swept{}", printable(name), suggest(name, labels_)));
      }
      const Condition condition{fields_[static_cast<size_t>(label - labels_.begin())],
                                parts_of(part.substr(sign + 1), '|')};
      for (const std::string& value : condition.values) {
        const bool there =
            std::any_of(sweep_.cells.begin(), sweep_.cells.end(),
                        [&](const auto& cell) { return has(cell, condition.field, value); });
        if (!there) fail(choice, fmt::format("no cell has {}={}", name, printable(value)));
      }
      conditions.push_back(condition);
    }
    return conditions;
  }

  const Sweep& sweep_;
  std::vector<std::string> fields_, labels_;
};

double mean_over(const std::vector<size_t>& cells, const std::string& name,
                 const std::vector<std::optional<RunResult>>& runs) {
  double sum = 0;
  for (const size_t index : cells) {
    sum += runs[index] ? figure(*runs[index], name) : std::nan("");
  }
  return sum / static_cast<double>(cells.size());
}

}  // namespace

void check_choices(const Sweep& sweep) {
  const Choices choices(sweep);
  const ExperimentFile& file = sweep.cells.front().experiment;
  const std::vector<ExpectSettings>& expectations = file.experiment.expectations;
  for (size_t i = 0; i < expectations.size(); ++i) {
    const std::string path = fmt::format("expect.{}.number", i);
    const std::string place = fmt::format("{}: {}: ", file.source.where(path), path);
    const Expression expression(expectations[i].number);
    try {
      for (const NumberName& name : expression.names()) {
        if (name.has_choice != has_choice(expression)) {
          throw Error(ExitCode::usage,
                      "wanted a choice of cells on every name, or on none; [] are all cells");
        }
        if (name.has_choice) choices.cells(name.choice);
      }
    } catch (const Error& error) {
      throw Error(ExitCode::usage, place + error.what());
    }
  }
}

std::vector<Verdict> verdicts_of(const Sweep& sweep,
                                 const std::vector<std::optional<RunResult>>& runs) {
  const Choices choices(sweep);
  std::vector<Verdict> verdicts;
  for (const ExpectSettings& expected : sweep.cells.front().experiment.experiment.expectations) {
    const Expression expression(expected.number);
    if (has_choice(expression)) {
      verdicts.push_back(verdict_of(expected, expression.value([&](const NumberName& name) {
        return mean_over(choices.cells(name.choice), name.name, runs);
      })));
      continue;
    }
    for (size_t i = 0; i < runs.size(); ++i) {
      if (!runs[i]) continue;
      for (Verdict& verdict : verdicts_of({expected}, *runs[i])) {
        verdict.cell = sweep.cells[i].slug;
        verdicts.push_back(std::move(verdict));
      }
    }
  }
  return verdicts;
}

}  // namespace retort
