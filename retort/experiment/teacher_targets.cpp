#include "retort/experiment/teacher_targets.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <variant>

namespace retort {
namespace {

void check(const TargetOptions& options, const Dataset& images) {
  for (const double temperature : options.temperatures) {
    if (temperature > 0 && temperature <= most_temperature) continue;
    throw Error(ExitCode::usage, fmt::format("temperature: wanted a number > 0 and <= {:g}, got {}",
                                             most_temperature, temperature));
  }
  for (const int64_t index : options.images) {
    if (index >= 0 && index < images.size()) continue;
    throw Error(ExitCode::data, fmt::format("index {}: there are {} images, 0 to {}", index,
                                            images.size(), images.size() - 1));
  }
  const Classes& classes = images.classes();
  if (options.class_name.empty() ||
      std::find(classes.begin(), classes.end(), options.class_name) != classes.end()) {
    return;
  }
  throw Error(ExitCode::usage,
              fmt::format("there is no class '{}'{}", printable(options.class_name),
                          suggest(options.class_name, classes)));
}

void keep_class(const std::string& name, SoftTargets& targets) {
  std::erase_if(targets.pairs, [&](const TellingPair& pair) {
    return targets.classes[static_cast<size_t>(pair.label)] != name;
  });
}

}  // namespace

SoftTargets soft_targets_of_model(const std::string& name, const Predictor& model,
                                  const Dataset& images, const TargetOptions& options) {
  check(options, images);
  SoftTargetQuestions questions{.temperatures = options.temperatures, .images = options.images};
  if (options.temperatures.size() == 1) questions.temperature = options.temperatures[0];
  questions.temperatures.push_back(1);
  SoftTargets targets = soft_targets_of(answers_of(model, images), images, questions);
  targets.teacher = name;
  targets.split = options.split == Split::train ? "train" : "test";
  if (!options.class_name.empty()) keep_class(options.class_name, targets);
  for (const double temperature : targets.temperatures) {
    const bool asked = std::find(options.temperatures.begin(), options.temperatures.end(),
                                 temperature) != options.temperatures.end();
    const std::string warning =
        pointless_temperature(*targets.at(temperature), model.logits_shape()[0]);
    if (asked && !warning.empty()) targets.warnings.push_back(warning);
  }
  return targets;
}

void examine_soft_targets(const PlannedModel& teacher, const Answers& test, const Plan& plan,
                          RunResult& result, Progress& progress) {
  const int64_t classes = test.logits.size(1);
  if (classes < 2) return;
  std::vector<double> taught;
  bool is_read = false;
  for (const TermSettings& term : plan.models.back().objective) {
    if (term.teacher() != teacher.name) continue;
    is_read = true;
    if (const auto* distillation = std::get_if<DistillationTerm>(&term.value)) {
      taught.push_back(distillation->temperature);
    }
  }
  if (!is_read) return;
  SoftTargetQuestions questions{.temperatures = taught};
  if (taught.empty()) {
    questions.temperatures = {4};  // as good as any: the logits themselves are matched
  } else {
    questions.temperature = taught.front();
  }
  questions.temperatures.insert(questions.temperatures.end(), {1, 20});
  SoftTargets targets = soft_targets_of(test, *plan.test, questions);
  targets.teacher = teacher.name;
  targets.split = "test";
  for (const double temperature : taught) {
    const std::string warning = pointless_temperature(*targets.at(temperature), classes);
    if (warning.empty()) continue;
    targets.warnings.push_back(warning);
    result.warnings.push_back(fmt::format("teacher {}: {}", teacher.name, warning));
    progress.warning(result.warnings.back());
  }
  result.soft_targets.push_back(std::move(targets));
}

}  // namespace retort
