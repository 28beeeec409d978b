#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <stdexcept>

#include "retort/model/zoo/mlp.hpp"
#include "retort/objective/terms.hpp"
#include "retort/result/metrics_line.hpp"
#include "retort/result/metrics_log.hpp"
#include "retort/train/train.hpp"
#include "tests/golden/row_images.hpp"

namespace retort {
namespace {

using golden::RowImages;

Model fresh(std::vector<int64_t> widths, std::vector<double> dropout, uint64_t seed) {
  Graph graph = Mlp{std::move(widths), std::move(dropout)}.build({1, 4, 4}, 3);
  graph.classes = RowImages(1).classes();
  return {graph, initial_weights(graph, seed)};
}

// A convolution, a norm with running means, dropout: everything that a step may change.
Model student_model() {
  Graph graph({1, 4, 4});
  std::string x = graph.conv("conv", "input", {.out_channels = 5, .kernel = 3, .padding = 1});
  x = graph.relu("relu", graph.batch_norm("bn", x));
  x = graph.dropout("dropout", graph.flatten("flatten", x), 0.3);
  graph.linear("fc", x, 3);
  graph.classes = RowImages(1).classes();
  return {graph, initial_weights(graph, 1)};
}

struct Killed : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Ends a training at a step, before anything that comes after it.
class Killer : public Progress {
 public:
  explicit Killer(int64_t step) : step_(step) {}
  void training(const TrainingStatus& status) override {
    if (status.step == step_) throw Killed("killed");
  }

 private:
  int64_t step_;
};

constexpr int64_t epochs = 3;
constexpr int64_t steps_per_epoch = 6;

struct Outcome {
  Model model;
  TrainingRecord record;
  std::string metrics;
};

class Resume : public testing::Test {
 protected:
  Resume() {
    std::string pattern = testing::TempDir() + "retort-resume-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
  }
  ~Resume() override { std::filesystem::remove_all(folder_); }

  // Trains from the newest checkpoint, to the end or until it is killed.
  Outcome run(const Path& folder, int64_t every_steps, int64_t killed_at = -1,
              int64_t workers = 0) {
    const TrainSettings settings{.epochs = epochs,
                                 .batch = 16,
                                 .learning_rate = 0.01,
                                 .optimiser = optimiser_,
                                 .warmup = 0.2,
                                 .weight_decay = 1e-3,
                                 .max_norm = 2,
                                 .clip_gradient = 1,
                                 .transforms = {Transform{Shift{.pixels = 1}}}};
    TrainableNetwork student(student_model());
    const auto plain = std::make_shared<RowImages>(100);
    BatchStream batches(transformed(plain, settings.transforms), settings.batch, 1, workers);
    const Objective objective =
        make_objective({{CrossEntropyTerm{.weight = 0.5}},
                        {DistillationTerm{.teacher = "big"}},
                        {DistillationTerm{.teacher = "itself", .confidence = 0.5}}});
    const Teachers teachers = {{"big", std::make_shared<NetworkPredictor>(fresh({20}, {}, 7))}};
    Checkpoints checkpoints(folder, {}, every_steps);
    const auto start = checkpoints.newest().checkpoint;
    MetricsLog metrics(folder_);
    metrics.begin("student", start ? start->record : TrainingRecord());
    Killer killer(killed_at);
    Outcome outcome;
    outcome.record = train(student, teachers, objective, batches, settings,
                           {.model = "student",
                            .seed = 1,
                            .validation = std::make_shared<RowImages>(50, 2),
                            .metrics = &metrics,
                            .start = start ? &*start : nullptr,
                            .checkpoints = &checkpoints,
                            .plain = {plain, {"itself"}},
                            .averages = {{.teacher = "itself", .decay = 0.8}}},
                           killer);
    outcome.model = student.model();
    outcome.metrics = read_file(folder_ / "metrics.jsonl", ExitCode::unexpected);
    return outcome;
  }

  void expect_same(const Outcome& resumed, const Outcome& whole) {
    for (const auto& [name, tensor] : whole.model.weights) {
      EXPECT_TRUE(resumed.model.weights.at(name).equal(tensor)) << name;
    }
    ASSERT_EQ(resumed.record.epochs.size(), whole.record.epochs.size());
    for (size_t i = 0; i < whole.record.epochs.size(); ++i) {
      EpochRecord epoch = resumed.record.epochs[i];
      epoch.images_per_second = whole.record.epochs[i].images_per_second;
      EXPECT_EQ(metrics_line("student", epoch), metrics_line("student", whole.record.epochs[i]));
    }
    EXPECT_EQ(resumed.metrics, metrics_text("student", resumed.record)) << "each epoch once";
  }

  Path folder_;
  OptimiserKind optimiser_ = Adam{};
};

TEST_F(Resume, AKilledTrainingEndsLikeOneThatWasNot) {
  const Outcome whole = run(folder_ / "whole", 0);
  EXPECT_LT(whole.record.epochs.back().loss, whole.record.epochs.front().loss);
  EXPECT_FALSE(whole.model.weights.at("bn.running_mean").eq(0).any().item<bool>());
  for (const int64_t every_steps : {4, 6}) {
    for (const int64_t step : {5, 6, 7, 12, 18}) {
      SCOPED_TRACE(testing::Message() << "every " << every_steps << ", killed at " << step);
      const Path folder = folder_ / std::to_string(100 * every_steps + step);
      EXPECT_THROW(run(folder, every_steps, step), Killed);
      expect_same(run(folder, every_steps), whole);
    }
  }
}

TEST_F(Resume, KilledAtEveryStepItStillGetsThere) {
  optimiser_ = Sgd{};
  const Outcome whole = run(folder_ / "whole", 0);
  const Path folder = folder_ / "killed";
  for (int64_t step = 2; step <= epochs * steps_per_epoch; ++step) {
    EXPECT_THROW(run(folder, 1, step, step % 3), Killed);
  }
  expect_same(run(folder, 1), whole);
}

TEST_F(Resume, AFinishedTrainingIsWholeInItsLastCheckpoint) {
  const Outcome whole = run(folder_ / "run", 0);
  const double saved = Checkpoints(folder_ / "run", {}, 0).newest().checkpoint->record.time.total;
  const Outcome again = run(folder_ / "run", 0, /*killed_at=*/1);
  expect_same(again, whole);
  EXPECT_GT(again.record.time.total, saved) << "time adds up";
}

}  // namespace
}  // namespace retort
