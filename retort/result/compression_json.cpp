#include "retort/result/compression.hpp"
#include "retort/result/training_json.hpp"

namespace retort {
namespace {

template <class Number>
Json limit_json(const std::optional<Number>& limit) {
  return limit ? Json(*limit) : Json();
}

double number_from(const Json& json) {
  return json.is_null() ? std::nan("") : json.get<double>();
}

Json spread_to_json(const Spread& spread) {
  return {{"n", spread.count},
          {"mean", number_or_null(spread.mean)},
          {"standard_deviation", number_or_null(spread.deviation)},
          {"interval", {number_or_null(spread.low), number_or_null(spread.high)}}};
}

Spread spread_from(const Json& json) {
  return {.count = json.at("n"),
          .mean = number_from(json.at("mean")),
          .deviation = number_from(json.at("standard_deviation")),
          .low = number_from(json.at("interval").at(0)),
          .high = number_from(json.at("interval").at(1))};
}

Json accuracies_json(const Accuracies& one) {
  return {{"validation", spread_to_json(one.validation)}, {"test", spread_to_json(one.test)}};
}

Accuracies accuracies_from(const Json& json) {
  return {spread_from(json.at("validation")), spread_from(json.at("test"))};
}

Json model_to_json(const CompressedModel& model) {
  Json accuracies = Json::array();
  for (const double one : model.validation_accuracies) accuracies.push_back(number_or_null(one));
  return {{"name", model.name},
          {"file", model.file.empty() ? Json() : Json(model.file)},
          {"parameters", model.parameters},
          {"macs", model.macs},
          {"file_bytes", model.file_bytes > 0 ? Json(model.file_bytes) : Json()},
          {"latency_ms", number_or_null(model.latency_ms)},
          {"latency_all_threads_ms", number_or_null(model.latency_all_ms)},
          {"accuracy", accuracies_json(model.accuracy)},
          {"twin_accuracy", accuracies_json(model.twin)},
          {"below_teacher", accuracies_json(model.below)},
          {"cells", model.cells},
          {"validation_accuracies", accuracies},
          {"test_errors", model.test_errors}};
}

CompressedModel model_from(const Json& json) {
  CompressedModel model{
      .name = json.at("name"),
      .file = json.at("file").is_null() ? "" : json.at("file").get<std::string>(),
      .parameters = json.at("parameters"),
      .macs = json.at("macs"),
      .file_bytes = json.at("file_bytes").is_null() ? 0 : json.at("file_bytes").get<int64_t>(),
      .latency_ms = number_from(json.at("latency_ms")),
      .latency_all_ms = number_from(json.at("latency_all_threads_ms")),
      .accuracy = accuracies_from(json.at("accuracy")),
      .twin = accuracies_from(json.at("twin_accuracy")),
      .below = accuracies_from(json.at("below_teacher")),
      .cells = json.at("cells"),
      .validation_accuracies = {},
      .test_errors = json.at("test_errors")};
  for (const Json& one : json.at("validation_accuracies")) {
    model.validation_accuracies.push_back(number_from(one));
  }
  return model;
}

// What a reader would compute from the rest: on which fronts a student is, and what it misses.
Json student_json(const Compression& compression, size_t index) {
  constexpr const char* names[] = {"latency", "parameters", "macs", "file_bytes"};
  Json json = model_to_json(compression.students[index]), front = Json::array();
  for (const CostKind kind : cost_kinds) {
    if (student_front(compression.students, kind)[index]) {
      front.push_back(names[static_cast<size_t>(kind)]);
    }
  }
  json["front"] = front;
  constexpr const char* limits[] = {"latency_ms", "parameters", "accuracy_drop_points"};
  json["misses"] = Json::array();
  for (const Limit limit : missed_limits(compression.students[index], compression.limits)) {
    json["misses"].push_back(limits[static_cast<size_t>(limit)]);
  }
  return json;
}

Compression compression_from(const Json& json) {
  Compression compression{.name = json.at("experiment"),
                          .limits = {},
                          .teacher = model_from(json.at("teacher")),
                          .students = {},
                          .chosen = {},
                          .environment = environment_from_json(json.at("environment"))};
  const Json& limits = json.at("limits");
  const auto read = [&](const char* key, auto& limit) {
    if (!limits.at(key).is_null()) {
      limit = limits.at(key).get<typename std::decay_t<decltype(limit)>::value_type>();
    }
  };
  read("latency_ms", compression.limits.latency_ms);
  read("parameters", compression.limits.parameters);
  read("accuracy_drop_points", compression.limits.accuracy_drop);
  for (const Json& one : json.at("students")) compression.students.push_back(model_from(one));
  for (size_t i = 0; i < compression.students.size(); ++i) {
    if (json.at("chosen") == compression.students[i].name) compression.chosen = i;
  }
  return compression;
}

}  // namespace

std::string compression_json(const Compression& compression) {
  Json students = Json::array();
  for (size_t i = 0; i < compression.students.size(); ++i) {
    students.push_back(student_json(compression, i));
  }
  const CompressionLimits& limits = compression.limits;
  const bool any = compression.chosen.has_value();
  const Json document = {
      {"schema", 1},
      {"experiment", compression.name},
      {"limits",
       {{"latency_ms", limit_json(limits.latency_ms)},
        {"parameters", limit_json(limits.parameters)},
        {"accuracy_drop_points", limit_json(limits.accuracy_drop)}}},
      {"chosen", any ? Json(compression.students[*compression.chosen].name) : Json()},
      {"chosen_cell", any ? Json(compression.chosen_cell()) : Json()},
      {"chosen_test_errors", any ? Json(compression.chosen_errors()) : Json()},
      {"teacher", model_to_json(compression.teacher)},
      {"students", students},
      {"environment", environment_to_json(compression.environment)}};
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Compression read_compression(const Path& path) {
  return read_json(path, compression_from);
}

}  // namespace retort
