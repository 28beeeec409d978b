#include <algorithm>

#include "retort/result/choice_json.hpp"
#include "retort/result/merge_json.hpp"
#include "retort/result/soft_targets_json.hpp"
#include "retort/result/training_json.hpp"
#include "retort/result/verdict_json.hpp"

namespace retort {
namespace {

Json test_json(const Scores& scores) {
  return {{"count", scores.count},
          {"errors", scores.errors},
          {"accuracy", number_or_null(scores.accuracy)},
          {"nll", number_or_null(scores.nll)},
          {"ece", number_or_null(scores.ece)}};
}

// Errors after one epoch; null where there is none.
Json epoch_json(const EpochRecord* epoch) {
  if (epoch == nullptr) return {};
  const auto measured = [](int64_t errors) { return errors < 0 ? Json() : Json(errors); };
  return {{"epoch", epoch->epoch},
          {"validation_errors", measured(epoch->validation_errors)},
          {"test_errors", measured(epoch->test_errors)}};
}

// What a training did, and the errors along it; null for a model that came as a file.
Json training_json(const ModelResult& model) {
  const TrainingRecord& training = model.training;
  if (training.epochs.empty()) return {};
  const EpochRecord& last = training.epochs.back();
  Json best_on_test = epoch_json(training.best_on_test());
  if (!best_on_test.is_null()) best_on_test["note"] = "chosen on the test images: no measure";
  return {{"images", model.images},
          {"images_fingerprint", training.images_fingerprint},
          {"images_seen", last.images},
          {"steps", last.step},
          {"precision", model.precision},
          {"last_step", epoch_json(&last)},
          {"best_on_validation", epoch_json(training.best_on_validation())},
          {"best_on_test", best_on_test}};
}

// Whether student and twin may be compared; null without a twin.
Json fairness_json(const std::vector<ModelResult>& models) {
  const auto of_role = [&](const std::string& role) {
    return std::find_if(models.begin(), models.end(),
                        [&](const ModelResult& model) { return model.role == role; });
  };
  const auto student = of_role("student"), twin = of_role("twin");
  if (student == models.end() || twin == models.end()) return {};
  const SameTraining same = same_training(*student, *twin);
  return {{"same_images", same.images}, {"same_steps", same.steps}};
}

Json model_json(const ModelResult& model) {
  Json others = Json::object();
  for (const auto& [name, scores] : model.others) others[name] = test_json(scores);
  return {{"role", model.role},
          {"parameters", model.parameters},
          {"macs", model.macs},
          {"file_bytes", model.file_bytes},
          {"test", test_json(model.test)},
          {"other", others},
          {"train_seconds", number_or_null(model.train_seconds)},
          {"training", training_json(model)}};
}

Json numbers_json(const std::vector<double>& values) {
  Json list = Json::array();
  for (const double value : values) list.push_back(number_or_null(value));
  return list;
}

Json adjustment_json(const Adjustment& one) {
  return {{"images", one.images},
          {"prior", numbers_json(one.prior)},
          {"before", numbers_json(one.before)},
          {"after", numbers_json(one.after)},
          {"biases", numbers_json(one.biases)},
          {"chosen_on_test", one.bound_errors < 0
                                 ? Json()
                                 : Json({{"bias", one.bound_bias}, {"errors", one.bound_errors}})}};
}

}  // namespace

std::string result_json(const RunResult& result) {
  Json models = Json::object();
  for (const ModelResult& model : result.models) models[model.name] = model_json(model);
  Json agreements = Json::object();
  for (const Agreement& one : result.agreements) {
    agreements[one.first + "~" + one.second] = {{"top1", number_or_null(one.top1)},
                                                {"kl", number_or_null(one.kl)}};
  }
  Json paired = Json::object();
  for (const PairedTest& one : result.paired) {
    paired[one.first + "~" + one.second] = {{"only_first_wrong", one.only_first_wrong},
                                            {"only_second_wrong", one.only_second_wrong},
                                            {"mcnemar_p", number_or_null(one.p)}};
  }
  Json latencies = Json::array();
  for (const Latency& one : result.latencies) {
    latencies.push_back({{"model", one.model},
                         {"threads", one.threads},
                         {"batch", one.batch},
                         {"p50_ms", number_or_null(one.p50_ms)},
                         {"p95_ms", number_or_null(one.p95_ms)}});
  }
  Json adjusted = Json::object(), expected = Json::array();
  for (const Adjustment& one : result.adjustments) adjusted[one.model] = adjustment_json(one);
  for (const Verdict& one : result.verdicts) expected.push_back(verdict_json(one));
  Json soft_targets = Json::object();
  for (const SoftTargets& targets : result.soft_targets) {
    soft_targets[targets.teacher] = soft_targets_summary(targets);
  }
  Json merges = Json::object();
  for (const MergeResult& one : result.merges) merges[one.teacher] = merge_json(one);
  const Environment& environment = result.environment;
  const Json document = {{"schema", 1},
                         {"experiment", result.experiment},
                         {"seed", result.seed},
                         {"status", result.status},
                         {"models", models},
                         {"student_and_twin", fairness_json(result.models)},
                         {"agreement", agreements},
                         {"paired", paired},
                         {"latency", latencies},
                         {"adjusted", adjusted},
                         {"merged", merges},
                         {"chosen_images", result.choice ? choice_json(*result.choice) : Json()},
                         {"expected", expected},
                         {"soft_targets", soft_targets},
                         {"environment",
                          {{"retort", environment.retort},
                           {"libtorch", environment.libtorch},
                           {"cpu", environment.cpu},
                           {"threads", environment.threads},
                           {"dtype", environment.dtype}}}};
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json environment_to_json(const Environment& environment) {
  return {{"retort", environment.retort}, {"libtorch", environment.libtorch},
          {"cpu", environment.cpu},       {"threads", environment.threads},
          {"dtype", environment.dtype},   {"compiler", environment.compiler}};
}

Environment environment_from_json(const Json& json) {
  return {.retort = json.at("retort"),
          .libtorch = json.at("libtorch"),
          .cpu = json.at("cpu"),
          .dtype = json.at("dtype"),
          .compiler = json.at("compiler"),
          .threads = json.at("threads")};
}

std::string environment_json(const Environment& environment) {
  return environment_to_json(environment).dump(2, ' ', false, Json::error_handler_t::replace) +
         "\n";
}

}  // namespace retort
