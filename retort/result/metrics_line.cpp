#include "retort/result/metrics_line.hpp"

#include <nlohmann/json.hpp>

namespace retort {

std::string metrics_line(const std::string& model, const EpochRecord& epoch) {
  using Json = nlohmann::ordered_json;
  Json terms = Json::object();
  for (const TermValue& term : epoch.terms) {
    terms[term.name] = {{"raw", term.raw}, {"weighted", term.weighted}};
  }
  const Json measured = epoch.validation_accuracy < 0 ? Json() : Json(epoch.validation_accuracy);
  const Json line = {{"schema", 1},
                     {"model", model},
                     {"epoch", epoch.epoch},
                     {"step", epoch.step},
                     {"learning_rate", epoch.learning_rate},
                     {"loss", epoch.loss},
                     {"terms", terms},
                     {"validation_accuracy", measured},
                     {"images_per_second", epoch.images_per_second}};
  return line.dump();
}

std::string metrics_text(const std::string& model, const TrainingRecord& record) {
  std::string text;
  for (const EpochRecord& epoch : record.epochs) text += metrics_line(model, epoch) + '\n';
  return text;
}

}  // namespace retort
