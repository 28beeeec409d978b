#include "retort/result/metrics_line.hpp"

#include <nlohmann/json.hpp>

namespace retort {
namespace {

using Json = nlohmann::ordered_json;

// -1 stands for what was not measured.
template <class Number>
Json measured(Number value) {
  return value < 0 ? Json() : Json(value);
}

}  // namespace

std::string metrics_line(const std::string& model, const EpochRecord& epoch) {
  Json terms = Json::object();
  for (const TermValue& term : epoch.terms) {
    terms[term.name] = {{"raw", term.raw},
                        {"weighted", term.weighted},
                        {"gradient_norm", measured(term.gradient_norm)},
                        {"kept", measured(term.kept)}};
  }
  const Json line = {{"schema", 1},
                     {"model", model},
                     {"epoch", epoch.epoch},
                     {"step", epoch.step},
                     {"images", epoch.images},
                     {"learning_rate", epoch.learning_rate},
                     {"loss", epoch.loss},
                     {"terms", terms},
                     {"gradient_norm", measured(epoch.gradient_norm)},
                     {"validation_accuracy", measured(epoch.validation_accuracy)},
                     {"validation_errors", measured(epoch.validation_errors)},
                     {"test_accuracy", measured(epoch.test_accuracy)},
                     {"test_errors", measured(epoch.test_errors)},
                     {"images_per_second", epoch.images_per_second}};
  return line.dump();
}

std::string metrics_text(const std::string& model, const TrainingRecord& record) {
  std::string text;
  for (const EpochRecord& epoch : record.epochs) text += metrics_line(model, epoch) + '\n';
  return text;
}

}  // namespace retort
