#include "retort/experiment/measure.hpp"

#include <ATen/Parallel.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "retort/data/subset.hpp"
#include "retort/evaluate/latency.hpp"
#include "retort/experiment/environment.hpp"
#include "retort/experiment/single_image.hpp"
#include "retort/predict/merged.hpp"

namespace retort {
namespace {

std::vector<double> probabilities(const Answers& answers, int64_t index, double temperature) {
  return softened(answers.logits.narrow(0, index, 1), temperature);
}

// The test images that the student gets wrong, the most confident mistakes first.
std::vector<WrongImage> wrong_images(const Dataset& test, const Answers& student,
                                     const Answers* teacher, double temperature) {
  constexpr size_t most = 24;
  std::vector<WrongImage> wrong;
  for (int64_t i = 0; i < test.size(); ++i) {
    const int64_t label = test.label(i);
    const std::vector<double> says = probabilities(student, i, 1);
    const int64_t answer = std::max_element(says.begin(), says.end()) - says.begin();
    if (label == no_label || label == answer) continue;
    WrongImage image{.index = i, .label = label, .answer = answer, .student = says};
    if (teacher != nullptr) image.teacher = probabilities(*teacher, i, temperature);
    wrong.push_back(std::move(image));
  }
  const auto confidence = [](const WrongImage& image) {
    return image.student[static_cast<size_t>(image.answer)];
  };
  std::stable_sort(wrong.begin(), wrong.end(), [&](const WrongImage& a, const WrongImage& b) {
    return confidence(a) > confidence(b);
  });
  wrong.resize(std::min(wrong.size(), most));
  std::vector<float> pixels(static_cast<size_t>(element_count(test.shape())));
  for (WrongImage& image : wrong) {
    test.read({.index = image.index}, pixels);
    std::copy(test.shape().begin(), test.shape().end(), image.shape.begin());
    for (const float pixel : pixels) {
      image.pixels.push_back(static_cast<uint8_t>(std::lround(255 * pixel)));
    }
  }
  return wrong;
}

// 0 where there is no file of its own.
int64_t file_bytes(const Path& file) {
  return file.empty() ? 0 : static_cast<int64_t>(std::filesystem::file_size(file));
}

}  // namespace

RunResult started(const ExperimentFile& file, const Plan& plan, const RunFolder& folder) {
  RunResult result;
  result.experiment = file.experiment.name;
  result.seed = file.experiment.seed;
  result.classes = plan.test->classes();
  result.warnings = plan.warnings();
  result.environment = this_environment();
  const bool bf16 =
      std::any_of(plan.models.begin(), plan.models.end(),
                  [](const PlannedModel& model) { return model.train.precision == "bf16"; });
  if (bf16) result.environment.dtype = "bf16";
  result.report_temperature = plan.temperature;
  result.experiment_text = file.resolved_text();
  write_file(folder.path() / "environment.json", environment_json(result.environment));
  folder.write(result);
  return result;
}

ModelResult measured(const PlannedModel& planned, const TrainedModel& trained,
                     const Answers& test) {
  ModelResult result{.name = planned.name,
                     .role = planned.role,
                     .parameters = planned.cost.parameters,
                     .macs = planned.cost.macs,
                     .file_bytes = file_bytes(trained.file),
                     .train_seconds = trained.training.time.total,
                     .images = planned.distinct_images,
                     .precision = planned.train.precision,
                     .found = trained.found,
                     .teaches = planned.teaches,
                     .own_teachers = {},
                     .test = scores_of(test),
                     .validation = {},
                     .others = {},
                     .training = trained.training};
  for (const StudentAverageSettings& own : planned.averages) {
    result.own_teachers.push_back({own.teacher, own.decay});
  }
  for (const auto& [name, images] : planned.others) {
    result.others.emplace_back(name, scores_of(answers_of(*trained.predictor, *images)));
  }
  if (planned.validation) {
    result.validation = scores_of(answers_of(*trained.predictor, *planned.validation));
  }
  return result;
}

ModelResult measured_where_known(const PlannedModel& planned, const TrainedModel& trained,
                                 const Plan& plan) {
  const auto of_known = [&](const DatasetPointer& images) {
    return images_of_classes(images, planned.known);
  };
  PlannedModel shown = planned;
  if (shown.validation) shown.validation = of_known(plan.validation);
  TrainedModel wide = trained;
  wide.predictor = widened(trained.predictor, plan.test->classes(), planned.name);
  return measured(shown, wide, answers_of(*wide.predictor, *of_known(plan.test)));
}

void compare(const Plan& plan, const NamedAnswers& answers, RunResult& result) {
  const auto role = [&](const std::string& name) {
    const auto model = std::find_if(plan.models.begin(), plan.models.end(),
                                    [&](const PlannedModel& one) { return one.name == name; });
    return model->role;
  };
  const Answers* first_teacher = nullptr;
  for (const auto& [teacher, said] : answers) {
    if (role(teacher) != "teacher") continue;
    if (first_teacher == nullptr) first_teacher = &said;
    for (const auto& [pupil, answer] : answers) {
      if (role(pupil) == "teacher") continue;
      result.agreements.push_back(agreement_of(pupil, answer, teacher, said));
    }
  }
  const auto& [student, student_says] = answers.back();
  for (const char* other_role : {"twin", "teacher"}) {
    for (const auto& [other, said] : answers) {
      if (role(other) != other_role) continue;
      result.paired.push_back(paired_test_of(student, student_says, other, said));
    }
  }
  result.wrong_images = wrong_images(*plan.test, student_says, first_teacher, plan.temperature);
}

void measure_latencies(
    const std::vector<std::pair<std::string, std::shared_ptr<const Predictor>>>& models,
    RunResult& result) {
  const int threads = at::get_num_threads();
  for (const auto& [name, predictor] : models) {
    for (const int count : std::set<int>{1, threads}) {
      at::set_num_threads(count);
      result.latencies.push_back(measure_latency(name, *predictor, 1));
    }
  }
  at::set_num_threads(threads);
}

}  // namespace retort
