#include "retort/train/student_average.hpp"

#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>

#include "retort/data/transforms.hpp"
#include "retort/model/zoo/mlp.hpp"
#include "retort/objective/terms.hpp"
#include "retort/train/train.hpp"
#include "tests/golden/row_images.hpp"

namespace retort {
namespace {

using golden::RowImages;

Model model_of(uint64_t seed, std::vector<double> dropout = {}) {
  Graph graph = Mlp{{8}, std::move(dropout)}.build({1, 4, 4}, 3);
  graph.classes = RowImages(1).classes();
  return {graph, initial_weights(graph, seed)};
}

Tensor some_images() {
  return make_batch(RowImages(9), {{.index = 1}, {.index = 5}, {.index = 8}}).inputs;
}

void set_all(Trainable& student, double value) {
  const at::NoGradGuard no_gradient;
  for (const auto& [name, tensor] : student.state()) Tensor(tensor).fill_(value);
}

TEST(StudentAverage, IsTheMovingAverageThatForgetsItsBeginning) {
  TrainableNetwork student(model_of(1));
  set_all(student, 10);
  StudentAverage average({.teacher = "itself", .decay = 0.3}, {"logits"}, student);
  double expected = 10;
  const double decays[] = {2.0 / 11, 3.0 / 12, 0.3, 0.3};  // (1 + n) / (10 + n) at first
  for (int64_t n = 1; n <= 4; ++n) {
    set_all(student, static_cast<double>(n));
    average.follow(n);
    expected = decays[n - 1] * expected + (1 - decays[n - 1]) * static_cast<double>(n);
    for (const auto& [name, tensor] : average.state()) {
      EXPECT_NEAR(tensor.max().item<double>(), expected, 1e-5) << name << " " << n;
      EXPECT_NEAR(tensor.min().item<double>(), expected, 1e-5) << name << " " << n;
    }
  }
}

TEST(StudentAverage, AnswersWithTheAverageAndLeavesTheStudentAsItIs) {
  TrainableNetwork student(model_of(1, {0.5, 0.5}));
  StudentAverage average({.teacher = "itself", .decay = 0.5}, {"logits"}, student);
  const Model first = student.model();
  set_all(student, 0.25);
  const Model now = student.model();
  const Tensor said = average.answers(some_images(), false).at("logits");
  EXPECT_TRUE(said.equal(NetworkPredictor(first).predict(some_images(), {"logits"}).at("logits")));
  EXPECT_FALSE(said.requires_grad());
  for (const auto& [name, tensor] : student.model().weights) {
    EXPECT_TRUE(tensor.equal(now.weights.at(name))) << name;
  }
  average.follow(0);  // decay 1 / 10
  EXPECT_FALSE(average.answers(some_images(), false).at("logits").equal(said));
}

struct Asks {
  std::vector<TermSettings> objective;
  PlainImages plain = {};
  std::vector<StudentAverageSettings> averages = {};
};

Model trained(const Asks& asks) {
  const TrainSettings settings{.epochs = 2,
                               .batch = 16,
                               .learning_rate = 0.01,
                               .transforms = {Transform{Shift{.pixels = 1}}}};
  TrainableNetwork student(model_of(1));
  BatchStream batches(transformed(std::make_shared<RowImages>(96), settings.transforms),
                      settings.batch, 1);
  Progress progress;
  train(student, {}, make_objective(asks.objective), batches, settings,
        {.model = "student", .plain = asks.plain, .averages = asks.averages}, progress);
  return student.model();
}

double difference(const Model& a, const Model& b) {
  double largest = 0;
  for (const auto& [name, tensor] : a.weights) {
    largest = std::max(largest, golden::largest_difference(tensor, b.weights.at(name)));
  }
  return largest;
}

// Nothing can be learnt from oneself of the same image: what is learnt comes from the difference of
// the views, or of then and now.
TEST(StudentAverage, OfNowAndOfTheSameViewTeachesNothing) {
  const TermSettings labels{CrossEntropyTerm{}};
  const TermSettings itself{DistillationTerm{.teacher = "itself", .temperature = 1}};
  const Model alone = trained({.objective = {labels}});
  const auto changes = [&](double decay, const PlainImages& plain) {
    return difference(
        alone,
        trained({.objective = {labels, itself}, .plain = plain, .averages = {{"itself", decay}}}));
  };
  EXPECT_LT(changes(0, {}), 1e-5);
  EXPECT_GT(changes(0.9, {}), 1e-3);
  EXPECT_GT(changes(0, {std::make_shared<RowImages>(96), {"itself"}}), 1e-3);
}

}  // namespace
}  // namespace retort
