#include "retort/result/figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "retort/base/error.hpp"

namespace retort {
namespace {

using Value = double (*)(const RunResult& result, const ModelResult& model);

double tested(const ModelResult& model, double value) {
  return model.test.count > 0 ? value : std::nan("");
}

double error_bound(const RunResult& result, const ModelResult& model) {
  for (const Adjustment& adjustment : result.adjustments) {
    if (adjustment.model == model.name && adjustment.bound_errors >= 0) {
      return static_cast<double>(adjustment.bound_errors);
    }
  }
  return std::nan("");
}

constexpr std::pair<std::string_view, Value> figures[] = {
    {"errors",
     [](const RunResult&, const ModelResult& model) {
       return tested(model, static_cast<double>(model.test.errors));
     }},
    {"error_rate", [](const RunResult&,
                      const ModelResult& model) { return tested(model, 1 - model.test.accuracy); }},
    {"accuracy",
     [](const RunResult&, const ModelResult& model) { return tested(model, model.test.accuracy); }},
    {"nll",
     [](const RunResult&, const ModelResult& model) { return tested(model, model.test.nll); }},
    {"ece",
     [](const RunResult&, const ModelResult& model) { return tested(model, model.test.ece); }},
    {"parameters", [](const RunResult&,
                      const ModelResult& model) { return static_cast<double>(model.parameters); }},
    {"macs",
     [](const RunResult&, const ModelResult& model) { return static_cast<double>(model.macs); }},
    {"error_bound", error_bound},
};
constexpr std::string_view right = "right.";

double figure_of(const RunResult& result, const ModelResult& model, std::string_view what);

double share_right(const RunResult& result, const ModelResult& model, std::string_view name) {
  const auto found = std::find(result.classes.begin(), result.classes.end(), name);
  if (found == result.classes.end()) {
    throw Error(ExitCode::usage, fmt::format("there is no class \"{}\"{}", printable(name),
                                             suggest(name, result.classes)));
  }
  const auto index = static_cast<size_t>(found - result.classes.begin());
  const auto& shares = model.test.class_accuracy;
  return index < shares.size() ? shares[index] : std::nan("");
}

// Of the model as if other test images were its own.
double figure_elsewhere(const RunResult& result, const ModelResult& model, const Scores& test,
                        std::string_view what) {
  if (what == "error_bound") return std::nan("");  // of the adjusted student's own test images
  ModelResult there = model;
  there.test = test;
  there.others.clear();
  return figure_of(result, there, what);
}

double figure_of(const RunResult& result, const ModelResult& model, std::string_view what) {
  if (what.starts_with(right)) return share_right(result, model, what.substr(right.size()));
  for (const auto& [known, value] : figures) {
    if (known == what) return value(result, model);
  }
  std::vector<std::string> names = figure_names();
  for (const auto& [other, scores] : model.others) {
    if (what.starts_with(other + ".")) {
      return figure_elsewhere(result, model, scores, what.substr(other.size() + 1));
    }
    names.push_back(other + ".FIGURE");
  }
  throw Error(ExitCode::usage,
              fmt::format("there is no figure \"{}\"{}", printable(what), suggest(what, names)));
}

}  // namespace

double figure(const RunResult& result, std::string_view name) {
  std::vector<std::string> models;
  for (const ModelResult& model : result.models) {
    models.push_back(model.name);
    // A model's name may hold dots itself.
    if (!name.starts_with(model.name) || name.substr(model.name.size(), 1) != ".") continue;
    return figure_of(result, model, name.substr(model.name.size() + 1));
  }
  throw Error(ExitCode::usage,
              fmt::format("wanted MODEL.FIGURE, as in student.errors, got \"{}\"; models: {}",
                          printable(name), join(models)));
}

std::vector<std::string> figure_names() {
  std::vector<std::string> names;
  for (const auto& [name, value] : figures) names.emplace_back(name);
  names.push_back("right.CLASS");
  return names;
}

}  // namespace retort
