#include "retort/result/metrics_log.hpp"

#include "retort/result/metrics_line.hpp"

namespace retort {

namespace {

constexpr const char* line_file = "metrics.jsonl";
constexpr const char* event_file = "events.out.tfevents.retort";

std::string events_of(const std::string& model, const TrainingRecord& record) {
  std::string events;
  for (const EpochRecord& epoch : record.epochs) {
    events += event_record(epoch.step, scalars_of(model, epoch));
  }
  return events;
}

}  // namespace

void MetricsLog::add(const std::string& model, const TrainingRecord& record) {
  lines_ += metrics_text(model, record);
  events_ += events_of(model, record);
}

void MetricsLog::begin(const std::string& model, const TrainingRecord& so_far) {
  make_files(metrics_text(model, so_far), events_of(model, so_far));
  line_file_ = std::make_unique<LineFile>(folder_ / line_file);
  event_file_ = std::make_unique<LineFile>(folder_ / event_file);
}

void MetricsLog::write(const std::string& model, const EpochRecord& epoch) {
  line_file_->write(metrics_line(model, epoch));
  event_file_->append(event_record(epoch.step, scalars_of(model, epoch)));
}

void MetricsLog::close() {
  line_file_.reset();
  event_file_.reset();
  make_files("", "");
}

void MetricsLog::make_files(const std::string& more_lines, const std::string& more_events) {
  write_file(folder_ / line_file, lines_ + more_lines);
  write_file(folder_ / event_file, event_file_start() + events_ + more_events);
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
    add_measured(name + "/kept", term.kept);
  }
  add_measured("gradient_norm", epoch.gradient_norm);
  add_measured("validation_accuracy", epoch.validation_accuracy);
  add_measured("test_accuracy", epoch.test_accuracy);
  for (auto& [tag, value] : scalars) tag = model + "/" + tag;
  return scalars;
}

}  // namespace retort
