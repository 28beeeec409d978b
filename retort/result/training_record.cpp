#include "retort/result/training_json.hpp"

namespace retort {
namespace {

Json to_json(const EpochRecord& epoch) {
  Json terms = Json::array();
  for (const TermValue& term : epoch.terms) {
    terms.push_back({{"name", term.name},
                     {"raw", exact_number(term.raw)},
                     {"weighted", exact_number(term.weighted)},
                     {"gradient_norm", exact_number(term.gradient_norm)},
                     {"kept", exact_number(term.kept)}});
  }
  return {{"epoch", epoch.epoch},
          {"step", epoch.step},
          {"images", epoch.images},
          {"learning_rate", exact_number(epoch.learning_rate)},
          {"loss", exact_number(epoch.loss)},
          {"terms", terms},
          {"gradient_norm", exact_number(epoch.gradient_norm)},
          {"validation_accuracy", exact_number(epoch.validation_accuracy)},
          {"validation_errors", epoch.validation_errors},
          {"test_accuracy", exact_number(epoch.test_accuracy)},
          {"test_errors", epoch.test_errors},
          {"images_per_second", exact_number(epoch.images_per_second)}};
}

EpochRecord epoch_from(const Json& json) {
  EpochRecord epoch{.epoch = json.at("epoch"),
                    .step = json.at("step"),
                    .images = json.at("images"),
                    .learning_rate = exact_number(json.at("learning_rate")),
                    .loss = exact_number(json.at("loss")),
                    .terms = {},
                    .gradient_norm = exact_number(json.at("gradient_norm")),
                    .validation_accuracy = exact_number(json.at("validation_accuracy")),
                    .validation_errors = json.at("validation_errors"),
                    .test_accuracy = exact_number(json.at("test_accuracy")),
                    .test_errors = json.at("test_errors"),
                    .images_per_second = exact_number(json.at("images_per_second"))};
  for (const Json& term : json.at("terms")) {
    epoch.terms.push_back(
        {term.at("name"), exact_number(term.at("raw")), exact_number(term.at("weighted")),
         exact_number(term.at("gradient_norm")), exact_number(term.value("kept", Json(-1.0)))});
  }
  return epoch;
}

// The parts of a training's time under their names.
template <class Time>
auto time_parts(Time& time) {
  return std::array{std::pair{"data", &time.data},
                    std::pair{"teacher", &time.teacher},
                    std::pair{"forward", &time.forward},
                    std::pair{"loss", &time.loss},
                    std::pair{"backward", &time.backward},
                    std::pair{"optimiser", &time.optimiser},
                    std::pair{"evaluation", &time.evaluation},
                    std::pair{"total", &time.total}};
}

}  // namespace

Json training_to_json(const TrainingRecord& record) {
  Json epochs = Json::array();
  for (const EpochRecord& epoch : record.epochs) epochs.push_back(to_json(epoch));
  Json time = Json::object();
  for (const auto& [name, seconds] : time_parts(record.time)) time[name] = exact_number(*seconds);
  return {{"epochs", epochs},
          {"time", time},
          {"warnings", record.warnings},
          {"images_fingerprint", record.images_fingerprint}};
}

TrainingRecord training_from_json(const Json& json) {
  TrainingRecord record;
  for (const Json& epoch : json.at("epochs")) record.epochs.push_back(epoch_from(epoch));
  for (const auto& [name, seconds] : time_parts(record.time)) {
    *seconds = exact_number(json.at("time").at(name));
  }
  record.warnings = json.at("warnings").get<std::vector<std::string>>();
  record.images_fingerprint = json.at("images_fingerprint");
  return record;
}

std::string training_record_json(const TrainingRecord& record) {
  return training_to_json(record).dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

TrainingRecord read_training_record(const Path& path) {
  return read_json(path, training_from_json);
}

TrainingRecord parse_training_record(const std::string& text, const std::string& where) {
  return parse_json(text, where, training_from_json);
}

}  // namespace retort
