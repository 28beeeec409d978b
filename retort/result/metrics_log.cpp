#include "retort/result/metrics_log.hpp"

#include "retort/result/metrics_line.hpp"

namespace retort {

MetricsLog::MetricsLog(const Path& folder)
    : lines_(folder / "metrics.jsonl"), events_(folder / "events.out.tfevents.retort") {}

void MetricsLog::write(const std::string& model, const EpochRecord& epoch) {
  lines_.write(metrics_line(model, epoch));
  events_.write(epoch.step, scalars_of(model, epoch));
}

Scalars scalars_of(const std::string& model, const EpochRecord& epoch) {
  Scalars scalars = {{"loss", epoch.loss}, {"learning_rate", epoch.learning_rate}};
  const auto add_measured = [&](const std::string& name, double value) {
    if (!(value < 0)) scalars.emplace_back(name, value);
  };
  for (const TermValue& term : epoch.terms) {
    const std::string name = "terms/" + term.name;
    scalars.emplace_back(name + "/raw", term.raw);
    scalars.emplace_back(name + "/weighted", term.weighted);
    add_measured(name + "/gradient_norm", term.gradient_norm);
  }
  add_measured("gradient_norm", epoch.gradient_norm);
  add_measured("validation_accuracy", epoch.validation_accuracy);
  add_measured("test_accuracy", epoch.test_accuracy);
  for (auto& [tag, value] : scalars) tag = model + "/" + tag;
  return scalars;
}

}  // namespace retort
