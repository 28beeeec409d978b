#include "retort/result/choice_json.hpp"
#include "retort/result/merge_json.hpp"
#include "retort/result/soft_targets_json.hpp"
#include "retort/result/training_json.hpp"
#include "retort/result/verdict_json.hpp"

namespace retort {
namespace {

Json to_json(const Scores& scores) {
  Json bins = Json::array();
  for (const Scores::Bin& bin : scores.calibration) {
    bins.push_back({{"count", bin.count},
                    {"confidence", exact_number(bin.confidence)},
                    {"accuracy", exact_number(bin.accuracy)}});
  }
  return {{"count", scores.count},
          {"errors", scores.errors},
          {"accuracy", exact_number(scores.accuracy)},
          {"nll", exact_number(scores.nll)},
          {"ece", exact_number(scores.ece)},
          {"class_accuracy", exact_numbers(scores.class_accuracy)},
          {"confusion", scores.confusion},
          {"calibration", bins}};
}

Scores scores_from(const Json& json) {
  Scores scores{.count = json.at("count"),
                .errors = json.at("errors"),
                .accuracy = exact_number(json.at("accuracy")),
                .nll = exact_number(json.at("nll")),
                .ece = exact_number(json.at("ece")),
                .class_accuracy = numbers_from(json.at("class_accuracy")),
                .confusion = json.at("confusion"),
                .calibration = {}};
  for (const Json& bin : json.at("calibration")) {
    scores.calibration.push_back(
        {bin.at("count"), exact_number(bin.at("confidence")), exact_number(bin.at("accuracy"))});
  }
  return scores;
}

Json to_json(const std::vector<std::pair<std::string, Scores>>& others) {
  Json list = Json::array();
  for (const auto& [name, scores] : others) {
    list.push_back({{"name", name}, {"test", to_json(scores)}});
  }
  return list;
}

std::vector<std::pair<std::string, Scores>> others_from(const Json& json) {
  std::vector<std::pair<std::string, Scores>> others;
  for (const Json& one : json) others.emplace_back(one.at("name"), scores_from(one.at("test")));
  return others;
}

Json to_json(const std::vector<OwnTeacher>& teachers) {
  Json list = Json::array();
  for (const OwnTeacher& one : teachers) {
    list.push_back({{"name", one.name}, {"decay", exact_number(one.decay)}});
  }
  return list;
}

std::vector<OwnTeacher> own_teachers_from(const Json& json) {
  std::vector<OwnTeacher> teachers;
  for (const Json& one : json) teachers.push_back({one.at("name"), exact_number(one.at("decay"))});
  return teachers;
}

Json to_json(const ModelResult& model) {
  return {{"name", model.name},
          {"role", model.role},
          {"parameters", model.parameters},
          {"macs", model.macs},
          {"file_bytes", model.file_bytes},
          {"train_seconds", exact_number(model.train_seconds)},
          {"images", model.images},
          {"precision", model.precision},
          {"found", model.found},
          {"teaches", model.teaches},
          {"own_teachers", to_json(model.own_teachers)},
          {"test", to_json(model.test)},
          {"validation", to_json(model.validation)},
          {"others", to_json(model.others)},
          {"training", training_to_json(model.training)}};
}

ModelResult model_from(const Json& json) {
  return {.name = json.at("name"),
          .role = json.at("role"),
          .parameters = json.at("parameters"),
          .macs = json.at("macs"),
          .file_bytes = json.at("file_bytes"),
          .train_seconds = exact_number(json.at("train_seconds")),
          .images = json.at("images"),
          .precision = json.at("precision"),
          .found = json.at("found"),
          .teaches = json.value("teaches", false),
          .own_teachers = own_teachers_from(json.value("own_teachers", Json::array())),
          .test = scores_from(json.at("test")),
          .validation = scores_from(json.at("validation")),
          .others = others_from(json.value("others", Json::array())),  // older records have none
          .training = training_from_json(json.at("training"))};
}

Json to_json(const WrongImage& image) {
  return {{"index", image.index},
          {"shape", image.shape},
          {"pixels", image.pixels},
          {"label", image.label},
          {"answer", image.answer},
          {"student", exact_numbers(image.student)},
          {"teacher", exact_numbers(image.teacher)}};
}

WrongImage image_from(const Json& json) {
  return {.index = json.at("index"),
          .shape = json.at("shape"),
          .pixels = json.at("pixels"),
          .label = json.at("label"),
          .answer = json.at("answer"),
          .student = numbers_from(json.at("student")),
          .teacher = numbers_from(json.at("teacher"))};
}

Json to_json(const Adjustment& one) {
  return {{"model", one.model},
          {"images", one.images},
          {"prior", exact_numbers(one.prior)},
          {"before", exact_numbers(one.before)},
          {"after", exact_numbers(one.after)},
          {"biases", exact_numbers(one.biases)},
          {"bound_bias", exact_number(one.bound_bias)},
          {"bound_errors", one.bound_errors}};
}

Adjustment adjustment_from(const Json& json) {
  return {.model = json.at("model"),
          .images = json.at("images"),
          .prior = numbers_from(json.at("prior")),
          .before = numbers_from(json.at("before")),
          .after = numbers_from(json.at("after")),
          .biases = numbers_from(json.at("biases")),
          .bound_bias = exact_number(json.at("bound_bias")),
          .bound_errors = json.at("bound_errors")};
}

Json to_json(const RunResult& result) {
  Json models = Json::array(), agreements = Json::array(), latencies = Json::array();
  Json soft_targets = Json::array(), wrong = Json::array(), paired = Json::array();
  for (const ModelResult& model : result.models) models.push_back(to_json(model));
  for (const Agreement& one : result.agreements) {
    agreements.push_back({{"first", one.first},
                          {"second", one.second},
                          {"top1", exact_number(one.top1)},
                          {"kl", exact_number(one.kl)}});
  }
  for (const PairedTest& one : result.paired) {
    paired.push_back({{"first", one.first},
                      {"second", one.second},
                      {"only_first_wrong", one.only_first_wrong},
                      {"only_second_wrong", one.only_second_wrong},
                      {"p", exact_number(one.p)}});
  }
  for (const Latency& one : result.latencies) {
    latencies.push_back({{"model", one.model},
                         {"threads", one.threads},
                         {"batch", one.batch},
                         {"p50_ms", exact_number(one.p50_ms)},
                         {"p95_ms", exact_number(one.p95_ms)}});
  }
  for (const SoftTargets& targets : result.soft_targets) {
    soft_targets.push_back(soft_targets_to_json(targets));
  }
  for (const WrongImage& image : result.wrong_images) wrong.push_back(to_json(image));
  Json adjustments = Json::array(), verdicts = Json::array();
  for (const Adjustment& one : result.adjustments) adjustments.push_back(to_json(one));
  for (const Verdict& one : result.verdicts) verdicts.push_back(verdict_json(one));
  Json merges = Json::array();
  for (const MergeResult& one : result.merges) merges.push_back(merge_json(one));
  return {{"schema", 1},
          {"experiment", result.experiment},
          {"seed", result.seed},
          {"status", result.status},
          {"classes", result.classes},
          {"models", models},
          {"agreements", agreements},
          {"paired", paired},
          {"latencies", latencies},
          {"environment", environment_to_json(result.environment)},
          {"adjustments", adjustments},
          {"merges", merges},
          {"choice", result.choice ? choice_json(*result.choice) : Json()},
          {"verdicts", verdicts},
          {"soft_targets", soft_targets},
          {"wrong_images", wrong},
          {"report_temperature", exact_number(result.report_temperature)},
          {"export_difference", exact_number(result.export_difference)},
          {"export_images", result.export_images},
          {"warnings", result.warnings},
          {"experiment_text", result.experiment_text}};
}

RunResult result_from(const Json& json) {
  RunResult result{.experiment = json.at("experiment"),
                   .seed = json.at("seed"),
                   .status = json.at("status"),
                   .classes = json.at("classes"),
                   .models = {},
                   .agreements = {},
                   .paired = {},
                   .latencies = {},
                   .environment = environment_from_json(json.at("environment")),
                   .adjustments = {},
                   .merges = {},
                   .choice = {},
                   .verdicts = {},
                   .soft_targets = {},
                   .wrong_images = {},
                   .report_temperature = exact_number(json.at("report_temperature")),
                   .export_images = json.value("export_images", int64_t{0}),
                   .export_difference = exact_number(json.at("export_difference")),
                   .warnings = json.at("warnings"),
                   .experiment_text = json.at("experiment_text")};
  for (const Json& model : json.at("models")) result.models.push_back(model_from(model));
  for (const Json& one : json.at("agreements")) {
    result.agreements.push_back({one.at("first"), one.at("second"), exact_number(one.at("top1")),
                                 exact_number(one.at("kl"))});
  }
  for (const Json& one : json.value("paired", Json::array())) {  // older records have none
    result.paired.push_back({one.at("first"), one.at("second"), one.at("only_first_wrong"),
                             one.at("only_second_wrong"), exact_number(one.at("p"))});
  }
  for (const Json& one : json.at("latencies")) {
    result.latencies.push_back({one.at("model"), one.at("threads"), one.at("batch"),
                                exact_number(one.at("p50_ms")), exact_number(one.at("p95_ms"))});
  }
  for (const Json& one : json.at("adjustments")) {
    result.adjustments.push_back(adjustment_from(one));
  }
  for (const Json& one : json.value("merges", Json::array())) {  // older records have none
    result.merges.push_back(merge_from_json(one));
  }
  const Json choice = json.value("choice", Json());  // older records have none
  if (!choice.is_null()) result.choice = choice_from_json(choice);
  for (const Json& one : json.at("verdicts")) result.verdicts.push_back(verdict_from_json(one));
  for (const Json& targets : json.at("soft_targets")) {
    result.soft_targets.push_back(soft_targets_from_json(targets));
  }
  for (const Json& image : json.at("wrong_images")) {
    result.wrong_images.push_back(image_from(image));
  }
  return result;
}

}  // namespace

std::string run_record_json(const RunResult& result) {
  return to_json(result).dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

RunResult read_run_record(const Path& path) {
  return read_json(path, result_from);
}

}  // namespace retort
