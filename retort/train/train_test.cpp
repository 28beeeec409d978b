#include "retort/train/train.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
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
  DatasetPointer test = nullptr;
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
  outcome.record =
      train(student, setting.teachers, make_objective(setting.objective), batches, setting.train,
            {.model = "student",
             .seed = setting.seed,
             .validation = setting.validation,
             .test = setting.test},
            outcome.heard);
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

TEST(Train, RememberedTeachersGiveTheSameBytesForAnyNumberOfWorkers) {
  Setting setting;
  setting.teachers = {{"big", teacher_of(2)}};
  setting.objective = {{DistillationTerm{.teacher = "big"}}};
  const Model first = trained(setting).model;
  for (const int64_t workers : {0, 1, 4}) {
    setting.workers = workers;
    EXPECT_TRUE(same_bytes(first, trained(setting).model)) << workers;
  }
}

TEST(Train, MeasuringDoesNotChangeWhatIsLearnt) {
  Setting setting;
  setting.dropout = {0.1, 0.3};
  const Model without = trained(setting).model;
  setting.validation = std::make_shared<RowImages>(300, 2);
  setting.test = std::make_shared<RowImages>(200, 4);
  EXPECT_TRUE(same_bytes(without, trained(setting).model));
}

// Some samples have no label, so parts of a batch have other shares of them.
class HalfLabelled : public RowImages {
 public:
  HalfLabelled() : RowImages(600) {}
  int64_t label(int64_t index) const override {
    return index % 7 < 3 ? no_label : RowImages::label(index);
  }
};

TEST(Train, PartsOfABatchTeachWhatTheWholeTeaches) {
  Setting setting;
  setting.train.epochs = 1;
  setting.train.optimiser = Sgd{};  // Adam would blow rounding up where a gradient is nearly 0
  setting.objective = {{CrossEntropyTerm{.weight = 0.3}},
                       {DistillationTerm{.weight = 0.7, .teacher = "big"}}};
  setting.teachers = {{"big", teacher_of(2)}};
  setting.images = std::make_shared<HalfLabelled>();
  const Outcome whole = trained(setting);
  for (const int64_t micro_batch : {5, 31}) {
    setting.train.micro_batch = micro_batch;
    const Outcome parts = trained(setting);
    for (const auto& [name, tensor] : whole.model.weights) {
      EXPECT_LT(golden::largest_difference(tensor, parts.model.weights.at(name)), 2e-6)
          << name << " in parts of " << micro_batch;
    }
    const EpochRecord &a = whole.record.epochs.back(), &b = parts.record.epochs.back();
    EXPECT_NEAR(a.loss, b.loss, 1e-5 * a.loss) << micro_batch;
    EXPECT_NEAR(a.gradient_norm, b.gradient_norm, 1e-4 * a.gradient_norm) << micro_batch;
    for (size_t i = 0; i < 2; ++i) {
      EXPECT_NEAR(a.terms[i].raw, b.terms[i].raw, 1e-5 * a.terms[i].raw) << micro_batch;
      EXPECT_NEAR(a.terms[i].gradient_norm, b.terms[i].gradient_norm,
                  1e-4 * a.terms[i].gradient_norm)
          << micro_batch;
    }
  }
}

TEST(Train, PartsOfABatchDropOtherUnitsAndGiveTheSameBytesForAnyNumberOfWorkers) {
  Setting setting;
  setting.dropout = {0.1, 0.3};
  const Model whole = trained(setting).model;
  setting.train.micro_batch = 7;
  const Model parts = trained(setting).model;
  EXPECT_FALSE(same_bytes(whole, parts));
  for (const int64_t workers : {0, 3}) {
    setting.workers = workers;
    EXPECT_TRUE(same_bytes(parts, trained(setting).model)) << workers;
  }
}

TEST(Train, SaysHowLongEveryTermsGradientIs) {
  Setting setting;
  setting.train.epochs = 1;
  setting.train.batch = 600;  // one step, whose gradient is the first weights'
  const CrossEntropyTerm hard{.weight = 0.25};
  setting.objective = {{hard}, {CrossEntropyTerm{.weight = 0.5}}};
  const EpochRecord epoch = trained(setting).record.epochs.back();
  ASSERT_EQ(epoch.terms.size(), 2U);
  EXPECT_GT(epoch.terms[0].gradient_norm, 0.01);
  // The same loss twice: gradients are in proportion to the weights, and add up.
  EXPECT_NEAR(epoch.terms[1].gradient_norm, 2 * epoch.terms[0].gradient_norm, 1e-6);
  EXPECT_NEAR(epoch.gradient_norm, 3 * epoch.terms[0].gradient_norm, 1e-6);
  // A plain step of rate 1 moves the weights by the gradient.
  setting.train.optimiser = Sgd{.momentum = 0};
  setting.train.schedule = ConstantSchedule{};
  setting.train.warmup = 0;
  setting.train.learning_rate = 1;
  double squares = 0;
  const Model before = fresh({20}, setting.seed), after = trained(setting).model;
  for (const auto& [name, tensor] : before.weights) {
    squares += (after.weights.at(name) - tensor).square().sum().item<double>();
  }
  EXPECT_NEAR(epoch.gradient_norm, std::sqrt(squares), 1e-5);
}

TEST(Train, TheNormIsThatBeforeClipping) {
  Setting setting;
  setting.train.epochs = 1;
  setting.train.batch = 600;
  const double norm = trained(setting).record.epochs.back().gradient_norm;
  setting.train.clip_gradient = norm / 100;
  EXPECT_EQ(trained(setting).record.epochs.back().gradient_norm, norm);
}

TEST(Train, MeasuresValidationAndTestAfterEveryEpoch) {
  Setting setting;
  setting.train.epochs = 1;
  setting.validation = std::make_shared<RowImages>(300, 2);
  setting.test = std::make_shared<RowImages>(200, 4);
  const Outcome outcome = trained(setting);
  const NetworkPredictor predictor(outcome.model);
  const EpochRecord& epoch = outcome.record.epochs.back();
  const Scores validation = scores_of(answers_of(predictor, *setting.validation));
  const Scores test = scores_of(answers_of(predictor, *setting.test));
  EXPECT_EQ(epoch.validation_errors, validation.errors);
  EXPECT_EQ(epoch.test_errors, test.errors);
  EXPECT_EQ(epoch.test_accuracy, test.accuracy);
  EXPECT_NE(test.errors, validation.errors);
  EXPECT_EQ(epoch.images, 600 / 32 * 32);
  EXPECT_EQ(outcome.record.images_fingerprint, setting.images->fingerprint().text());
}

TEST(Train, Bf16IsNearFp32AndGivesTheSameBytesForAnyNumberOfWorkers) {
  Setting setting;
  setting.dropout = {0.1, 0.3};
  setting.validation = std::make_shared<RowImages>(300, 2);
  setting.train.epochs = 10;
  const Outcome fp32 = trained(setting);
  setting.train.precision = "bf16";
  const Outcome bf16 = trained(setting);
  EXPECT_FALSE(same_bytes(fp32.model, bf16.model));
  EXPECT_GT(bf16.record.epochs.back().validation_accuracy, 0.95);
  EXPECT_NEAR(bf16.record.epochs.front().loss, fp32.record.epochs.front().loss, 0.01);
  for (const auto& [name, tensor] : bf16.model.weights) {
    EXPECT_EQ(tensor.scalar_type(), at::kFloat) << name;
  }
  for (const int64_t workers : {0, 1, 4}) {
    setting.workers = workers;
    EXPECT_TRUE(same_bytes(bf16.model, trained(setting).model)) << workers;
  }
}

TEST(Train, Bf16GradientsAreNearThoseOfFp32) {
  const Batch batch = make_batch(RowImages(64), batches_in_order(RowImages(64), 64)[0]);
  const auto gradients = [&](bool bf16) {
    TrainableNetwork network(fresh({20, 20}, 1));
    const PassMode mode{.training = true, .bf16 = bf16};
    NamedTensors values = {{"target/class", batch.targets.at("class")}};
    values.set("student/logits", network.forward(batch.inputs, {"logits"}, mode).at("logits"));
    make_objective({{CrossEntropyTerm{}}}).evaluate(values).total.backward();
    return network.parameters();
  };
  const std::vector<Parameter> exact = gradients(false), rounded = gradients(true);
  double largest = 0;
  for (size_t i = 0; i < exact.size(); ++i) {
    const Tensor &a = exact[i].value.grad(), &b = rounded[i].value.grad();
    EXPECT_EQ(b.scalar_type(), at::kFloat);
    const double difference = (a - b).norm().item<double>() / a.norm().item<double>();
    EXPECT_LT(difference, 0.05) << exact[i].name << ": bf16 has 8 bits, and a ReLU may turn over";
    largest = std::max(largest, difference);
  }
  EXPECT_GT(largest, 1e-4) << "nothing was rounded";
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
