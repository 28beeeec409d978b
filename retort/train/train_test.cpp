#include "retort/train/train.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "retort/base/error.hpp"
#include "retort/evaluate/answers.hpp"
#include "retort/model/zoo/mlp.hpp"
#include "retort/objective/terms.hpp"
#include "tests/golden/row_images.hpp"

namespace retort {
namespace {

using golden::RowImages;
using testing::HasSubstr;

Model fresh(std::vector<int64_t> widths, uint64_t seed, std::vector<double> dropout = {}) {
  Graph graph = Mlp{std::move(widths), std::move(dropout)}.build({1, 4, 4}, 3);
  graph.classes = RowImages(1).classes();
  return {graph, initial_weights(graph, seed)};
}

class Heard : public Progress {
 public:
  void training(const TrainingStatus& status) override {
    EXPECT_EQ(status.step, steps + 1);
    ++steps;
  }
  void epoch_ended(const TrainingStatus& status) override { epochs.push_back(status); }
  void warning(const std::string& text) override { warnings.push_back(text); }
  int64_t steps = 0;
  std::vector<TrainingStatus> epochs;
  std::vector<std::string> warnings;
};

struct Setting {
  std::vector<TermSettings> objective = {{CrossEntropyTerm{}}};
  TrainSettings train{.epochs = 3, .batch = 32, .learning_rate = 0.01};
  Teachers teachers = {};
  DatasetPointer images = std::make_shared<RowImages>(600);
  DatasetPointer validation = nullptr;
  uint64_t seed = 1;
  int64_t workers = 0;
  std::vector<double> dropout = {};
};

struct Outcome {
  Model model;
  TrainingRecord record;
  Heard heard;
};

Outcome trained(const Setting& setting) {
  TrainableNetwork student(fresh({20}, setting.seed, setting.dropout));
  BatchStream batches(setting.images, setting.train.batch, setting.seed, setting.workers);
  Outcome outcome;
  outcome.record = train(
      student, setting.teachers, make_objective(setting.objective), batches, setting.train,
      {.model = "student", .seed = setting.seed, .validation = setting.validation}, outcome.heard);
  outcome.model = student.model();
  return outcome;
}

bool same_bytes(const Model& a, const Model& b) {
  for (const auto& [name, tensor] : a.weights) {
    const Tensor& other = b.weights.at(name);
    if (std::memcmp(tensor.data_ptr(), other.data_ptr(), tensor.nbytes()) != 0) return false;
  }
  return true;
}

std::shared_ptr<const Predictor> teacher_of(int64_t epochs) {
  Setting setting;
  setting.train.epochs = epochs;
  return std::make_shared<NetworkPredictor>(trained(setting).model);
}

TEST(Train, LearnsFromLabels) {
  Setting setting;
  setting.train.epochs = 10;
  setting.validation = std::make_shared<RowImages>(300, 2);
  const Outcome outcome = trained(setting);
  ASSERT_EQ(outcome.record.epochs.size(), 10U);
  EXPECT_GT(outcome.record.epochs.back().validation_accuracy, 0.95);
  EXPECT_LT(outcome.record.epochs.back().loss, 0.5 * outcome.record.epochs.front().loss);
  const NetworkPredictor predictor(outcome.model);
  EXPECT_EQ(scores_of(answers_of(predictor, *setting.validation)).accuracy,
            outcome.record.epochs.back().validation_accuracy)
      << "the validation measures what an evaluation does";
}

TEST(Train, LearnsFromATeacherWithoutAnyLabel) {
  Setting setting;
  setting.train.epochs = 10;
  setting.objective = {{DistillationTerm{.teacher = "big", .temperature = 2}}};
  setting.teachers = {{"big", teacher_of(10)}};
  setting.images = std::make_shared<RowImages>(600, 3, /*labelled=*/false);
  const NetworkPredictor student(trained(setting).model);
  EXPECT_GT(scores_of(answers_of(student, RowImages(300, 2))).accuracy, 0.95);
}

TEST(Train, ReportsEveryStepEpochAndTerm) {
  Setting setting;
  setting.objective = {{CrossEntropyTerm{.weight = 0.25}},
                       {DistillationTerm{.weight = 0.5, .teacher = "big"}}};
  setting.teachers = {{"big", teacher_of(2)}};
  const Outcome outcome = trained(setting);
  EXPECT_EQ(outcome.heard.steps, 3 * (600 / 32));
  ASSERT_EQ(outcome.heard.epochs.size(), 3U);
  const EpochRecord& last = outcome.record.epochs.back();
  ASSERT_EQ(last.terms.size(), 2U);
  EXPECT_EQ(last.terms[1].name, "distillation/big");
  EXPECT_NEAR(last.terms[0].weighted, 0.25 * last.terms[0].raw, 1e-12);
  EXPECT_NEAR(last.loss, last.terms[0].weighted + last.terms[1].weighted, 1e-12);
  EXPECT_EQ(last.validation_accuracy, -1) << "nothing was measured";
  EXPECT_GT(outcome.record.time.total, 0);
}

TEST(Train, SameSeedGivesTheSameBytesForAnyNumberOfWorkers) {
  Setting setting;
  setting.dropout = {0.1, 0.3};
  setting.train.transforms = {Transform{Shift{.pixels = 1}}};
  setting.images = transformed(setting.images, setting.train.transforms);
  const Model first = trained(setting).model;
  for (const int64_t workers : {0, 1, 4}) {
    setting.workers = workers;
    EXPECT_TRUE(same_bytes(first, trained(setting).model)) << workers;
  }
  setting.seed = 2;
  EXPECT_FALSE(same_bytes(first, trained(setting).model));
}

TEST(Train, MeasuringDoesNotChangeWhatIsLearnt) {
  Setting setting;
  setting.dropout = {0.1, 0.3};
  const Model without = trained(setting).model;
  setting.validation = std::make_shared<RowImages>(300, 2);
  EXPECT_TRUE(same_bytes(without, trained(setting).model));
}

TEST(Train, LeavesTheTeachersBytesAlone) {
  Model big = fresh({30}, 9, {0.2, 0.2});
  Model before = big;
  for (const auto& [name, tensor] : big.weights) before.weights.set(name, tensor.clone());
  const auto teacher = std::make_shared<NetworkPredictor>(big);
  const Fingerprint fingerprint = teacher->fingerprint();
  Setting setting;
  setting.objective = {{DistillationTerm{.teacher = "big"}}};
  setting.teachers = {{"big", teacher}};
  trained(setting);
  EXPECT_TRUE(same_bytes(big, before));
  EXPECT_EQ(teacher->fingerprint(), fingerprint);
  for (const auto& [name, tensor] : big.weights) {
    EXPECT_FALSE(tensor.requires_grad()) << name;
    EXPECT_FALSE(tensor.grad().defined()) << name;
  }
}

TEST(Train, AHighTemperatureLearnsWhatLogitMatchingLearns) {
  Setting setting;
  setting.teachers = {{"big", teacher_of(5)}};
  setting.objective = {{DistillationTerm{.teacher = "big", .temperature = 1e4}}};
  const NetworkPredictor hot(trained(setting).model);
  setting.objective = {{LogitMatchingTerm{.teacher = "big"}}};
  const NetworkPredictor limit(trained(setting).model);
  const Answers a = answers_of(hot, RowImages(200, 2));
  const Answers b = answers_of(limit, RowImages(200, 2));
  EXPECT_LT(golden::largest_difference(a.logits, b.logits), 0.02);
}

TEST(Train, SaysWhenATermTeachesNothing) {
  Setting setting;
  setting.train.epochs = 1;
  setting.objective = {{CrossEntropyTerm{}}, {LogitMatchingTerm{.weight = 0, .teacher = "big"}}};
  setting.teachers = {{"big", teacher_of(1)}};
  setting.images = std::make_shared<RowImages>(600, 3, /*labelled=*/false);
  const Outcome outcome = trained(setting);
  EXPECT_THAT(outcome.heard.warnings,
              testing::ElementsAre(HasSubstr("'cross_entropy' found no sample with a label"),
                                   HasSubstr("'logit_matching/big' has weight 0")));
  ASSERT_EQ(outcome.record.warnings.size(), 2U);
  EXPECT_EQ("student: " + outcome.record.warnings[0], outcome.heard.warnings[0]);
}

TEST(Train, StopsWhereALossIsNoNumber) {
  Setting setting;
  setting.train.optimiser = Sgd{};
  setting.train.schedule = ConstantSchedule{};
  setting.train.warmup = 0;
  setting.train.learning_rate = 1e30;
  try {
    trained(setting);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::numeric);
    EXPECT_THAT(error.what(),
                testing::AllOf(HasSubstr("student, step "), HasSubstr("'cross_entropy'"),
                               HasSubstr("student/logits")));
  }
}

}  // namespace
}  // namespace retort
