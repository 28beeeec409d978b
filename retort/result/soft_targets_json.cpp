#include "retort/result/soft_targets_json.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace retort {
namespace {

// The numbers of a temperature under their names.
template <class Statistics>
auto named_numbers(Statistics& statistics) {
  return std::array{std::pair{"temperature", &statistics.temperature},
                    std::pair{"entropy_bits", &statistics.entropy_bits},
                    std::pair{"entropy_share", &statistics.entropy_share},
                    std::pair{"off_top", &statistics.off_top},
                    std::pair{"spread", &statistics.spread},
                    std::pair{"bits_beyond_class", &statistics.bits_beyond_class},
                    std::pair{"negative_share", &statistics.negative_share},
                    std::pair{"far_share", &statistics.far_share}};
}

Json exact_rows(const std::vector<std::vector<double>>& rows) {
  Json list = Json::array();
  for (const std::vector<double>& row : rows) list.push_back(exact_numbers(row));
  return list;
}

std::vector<std::vector<double>> rows_from(const Json& json) {
  std::vector<std::vector<double>> rows;
  for (const Json& row : json) rows.push_back(numbers_from(row));
  return rows;
}

Json to_json(const SoftTargetExample& example) {
  return {{"index", example.index},
          {"shape", example.shape},
          {"pixels", example.pixels},
          {"label", example.label},
          {"answer", example.answer},
          {"probabilities", exact_rows(example.probabilities)},
          {"entropy_bits", exact_numbers(example.entropy_bits)}};
}

SoftTargetExample example_from(const Json& json) {
  return {.index = json.at("index"),
          .shape = json.at("shape"),
          .pixels = json.at("pixels"),
          .label = json.at("label"),
          .answer = json.at("answer"),
          .probabilities = rows_from(json.at("probabilities")),
          .entropy_bits = numbers_from(json.at("entropy_bits"))};
}

Json to_json(const TellingPair& pair) {
  return {{"label", pair.label},
          {"first", to_json(pair.first)},
          {"second", to_json(pair.second)},
          {"first_favours", pair.first_favours},
          {"second_favours", pair.second_favours},
          {"lead", exact_number(pair.lead)}};
}

TellingPair pair_from(const Json& json) {
  return {.label = json.at("label"),
          .first = example_from(json.at("first")),
          .second = example_from(json.at("second")),
          .first_favours = json.at("first_favours"),
          .second_favours = json.at("second_favours"),
          .lead = exact_number(json.at("lead"))};
}

}  // namespace

size_t SoftTargets::place_of(double wanted) const {
  const auto found = std::find(temperatures.begin(), temperatures.end(), wanted);
  return found == temperatures.end() ? 0 : static_cast<size_t>(found - temperatures.begin());
}

const TemperatureStatistics* SoftTargets::at(double wanted) const {
  for (const TemperatureStatistics& one : statistics) {
    if (one.temperature == wanted) return &one;
  }
  return nullptr;
}

Json soft_targets_to_json(const SoftTargets& targets) {
  Json statistics = Json::array(), examples = Json::array(), pairs = Json::array();
  for (const TemperatureStatistics& one : targets.statistics) {
    Json numbers = Json::object();
    for (const auto& [name, value] : named_numbers(one)) numbers[name] = exact_number(*value);
    statistics.push_back(std::move(numbers));
  }
  for (const SoftTargetExample& example : targets.examples) examples.push_back(to_json(example));
  for (const TellingPair& pair : targets.pairs) pairs.push_back(to_json(pair));
  return {{"teacher", targets.teacher},
          {"classes", targets.classes},
          {"split", targets.split},
          {"count", targets.count},
          {"temperature", exact_number(targets.temperature)},
          {"temperatures", exact_numbers(targets.temperatures)},
          {"statistics", statistics},
          {"far_labels", exact_number(targets.far_labels)},
          {"similarity_temperature", exact_number(targets.similarity_temperature)},
          {"similarity", exact_rows(targets.similarity)},
          {"typical", targets.typical},
          {"examples", examples},
          {"pairs", pairs},
          {"warnings", targets.warnings}};
}

SoftTargets soft_targets_from_json(const Json& json) {
  SoftTargets targets{.teacher = json.at("teacher"),
                      .classes = json.at("classes"),
                      .split = json.at("split"),
                      .count = json.at("count"),
                      .temperature = exact_number(json.at("temperature")),
                      .temperatures = numbers_from(json.at("temperatures")),
                      .statistics = {},
                      .far_labels = exact_number(json.at("far_labels")),
                      .similarity_temperature = exact_number(json.at("similarity_temperature")),
                      .similarity = rows_from(json.at("similarity")),
                      .typical = json.at("typical"),
                      .examples = {},
                      .pairs = {},
                      .warnings = json.at("warnings")};
  for (const Json& numbers : json.at("statistics")) {
    TemperatureStatistics one;
    for (const auto& [name, value] : named_numbers(one)) *value = exact_number(numbers.at(name));
    targets.statistics.push_back(one);
  }
  for (const Json& example : json.at("examples")) {
    targets.examples.push_back(example_from(example));
  }
  for (const Json& pair : json.at("pairs")) targets.pairs.push_back(pair_from(pair));
  return targets;
}

Json statistics_to_json(const TemperatureStatistics& statistics) {
  Json numbers = Json::object();
  for (const auto& [name, value] : named_numbers(statistics)) {
    numbers[name] = number_or_null(*value);
  }
  return numbers;
}

Json soft_targets_summary(const SoftTargets& targets) {
  const TemperatureStatistics* chosen = targets.at(targets.temperature);
  return chosen == nullptr ? Json() : statistics_to_json(*chosen);
}

}  // namespace retort
