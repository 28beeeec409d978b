#include "retort/experiment/adjust.hpp"

#include <fmt/format.h>

#include <cmath>

#include "retort/model/model_file.hpp"
#include "retort/model/output_bias.hpp"

namespace retort {

AdjustedModel adjusted(const Model& model, const Tensor& logits, const Prior& prior) {
  const std::vector<double> biases = fit_biases(logits, prior);
  Adjustment record{.model = {},
                    .images = logits.size(0),
                    .prior = std::vector<double>(biases.size(), std::nan("")),
                    .before = mean_probabilities(logits, std::vector<double>(biases.size(), 0.0)),
                    .after = mean_probabilities(logits, biases),
                    .biases = biases};
  for (const auto& [index, share] : prior) record.prior[static_cast<size_t>(index)] = share;
  return {with_output_bias(model, biases), std::move(record)};
}

void adjust_student(const Plan& plan, const TrainedModel& student, const Answers& test,
                    const RunFolder& folder, RunResult& result, Progress& progress) {
  if (plan.adjustments.empty()) return;
  const Model model = load_model(student.file);
  const Tensor logits = answers_of(*student.predictor, *plan.training).logits;
  for (const auto& [name, prior] : plan.adjustments) {
    progress.note(fmt::format("{}: the student's biases, fitted on {} images without their labels",
                              name, logits.size(0)));
    AdjustedModel one = adjusted(model, logits, prior);
    one.record.model = name;
    std::vector<int64_t> classes;
    for (const auto& [index, share] : prior) classes.push_back(index);
    if (classes.size() < plan.test->classes().size()) {
      const BiasBound bound = best_common_bias(test, classes);
      one.record.bound_bias = bound.bias;
      one.record.bound_errors = bound.errors;
    }
    result.adjustments.push_back(std::move(one.record));

    const Path file = folder.model_folder("adjusted-" + name) / "model.safetensors";
    make_writable_folder(file.parent_path());
    save_model(file, one.model);
    PlannedModel planned{.name = name, .role = "adjusted"};
    planned.cost = cost(one.model.graph);
    planned.validation = plan.models.back().validation;
    planned.others = plan.models.back().others;
    const TrainedModel made{std::make_shared<NetworkPredictor>(one.model), file, student.found, {}};
    result.models.push_back(measured(planned, made, answers_of(*made.predictor, *plan.test)));
    folder.write(result);
  }
}

}  // namespace retort
