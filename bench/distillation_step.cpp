// Milliseconds of one step of distillation for pairs of teacher and student from the literature,
// with their shares, in fp32 and in bf16. Weights are fresh and pixels are noise: neither changes
// what a step costs.
//   bench_distillation_step [PAIR|all [STEPS [THREADS [BATCH [fp32|bf16]]]]]
#include <ATen/Parallel.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>

#include "retort/data/byte_images.hpp"
#include "retort/experiment/environment.hpp"
#include "retort/model/zoo.hpp"
#include "retort/objective/terms.hpp"
#include "retort/train/train.hpp"

namespace {

using namespace retort;

struct Pair {
  const char* teacher;
  const char* student;
};
constexpr Pair pairs[] = {{"resnet56", "resnet20"},
                          {"wrn_40_2", "wrn_16_2"},
                          {"vgg13", "vgg8"},
                          {"resnet32x4", "resnet8x4"},
                          {"vgg13", "mobilenetv2_half"}};
constexpr int64_t classes = 100;

std::string name_of(const Pair& pair) {
  return fmt::format("{}->{}", pair.teacher, pair.student);
}

Model network(const std::string& kind) {
  const ZooNetwork zoo = network_named(kind);
  const Graph graph = std::visit(
      [](const auto& one) {
        return one.build({3, 32, 32}, classes);
      },
      zoo);
  return {graph, initial_weights(graph, 1)};
}

DatasetPointer noise(int64_t size) {
  Random random(RandomKey(1, "bench"));
  std::vector<uint8_t> pixels(static_cast<size_t>(size * 3 * 32 * 32)), labels;
  for (uint8_t& pixel : pixels) pixel = static_cast<uint8_t>(random.below(256));
  for (int64_t i = 0; i < size; ++i) labels.push_back(static_cast<uint8_t>(i % classes));
  Classes names;
  for (int64_t i = 0; i < classes; ++i) names.push_back(std::to_string(i));
  const auto images = std::make_shared<ByteImages>(Shape{3, 32, 32}, pixels, labels, names);
  return transformed(images, {Transform{Shift{.pixels = 4}}, Transform{Flip{}}});
}

// When each step ended.
class StepTimes : public Progress {
 public:
  void training(const TrainingStatus&) override { ends_.push_back(Clock::now()); }
  // The first step pays for what is made once.
  double median_milliseconds() const {
    std::vector<double> times;
    for (size_t i = 1; i < ends_.size(); ++i) {
      times.push_back(std::chrono::duration<double, std::milli>(ends_[i] - ends_[i - 1]).count());
    }
    std::nth_element(times.begin(), times.begin() + times.size() / 2, times.end());
    return times[times.size() / 2];
  }

 private:
  using Clock = std::chrono::steady_clock;
  std::vector<Clock::time_point> ends_;
};

void measure(const Pair& pair, int64_t steps, int64_t batch, const std::string& precision) {
  const auto teacher = std::make_shared<NetworkPredictor>(network(pair.teacher));
  TrainableNetwork student(network(pair.student));
  BatchStream batches(noise(steps * batch), batch, /*seed=*/1);
  const Objective objective = make_objective(
      {{CrossEntropyTerm{}}, {DistillationTerm{.teacher = "teacher", .temperature = 4}}});
  const TrainSettings settings{.epochs = 1,
                               .batch = batch,
                               .learning_rate = 0.01,
                               .optimiser = Sgd{},
                               .weight_decay = 5e-4,
                               .precision = precision};
  StepTimes times;
  const TrainingRecord record = train(student, {{"teacher", teacher}}, objective, batches, settings,
                                      {.model = "bench"}, times);
  std::string shares;
  const double all = record.time.total - record.time.evaluation;
  for (const auto& [part, seconds] : record.time.parts()) {
    if (part != "evaluation") shares += fmt::format(", {} {:.1f}", part, 100 * seconds / all);
  }
  fmt::print("{} {}: {:.2f} ms a step{} %\n", name_of(pair), precision, times.median_milliseconds(),
             shares);
}

int64_t parameters_of(const char* kind) {
  return cost(network(kind).graph).parameters;
}

}  // namespace

int main(int argument_count, char** arguments) try {
  keep_freed_memory();  // as the command does
  const std::string wanted = argument_count > 1 ? arguments[1] : "all";
  const int64_t steps = std::max(3LL, argument_count > 2 ? std::atoll(arguments[2]) : 20);
  use_threads(argument_count > 3 ? std::atoll(arguments[3]) : 0);
  const int64_t batch = argument_count > 4 ? std::atoll(arguments[4]) : 64;
  fmt::print("batch {}, 32 px, SGD, shift 4, flip; {} threads, {}, LibTorch {}\n", batch,
             at::get_num_threads(), this_environment().cpu, this_environment().libtorch);
  for (const Pair& pair : pairs) {
    if (wanted != "all" && wanted != name_of(pair)) continue;
    fmt::print("{}: {} and {} parameters\n", name_of(pair), parameters_of(pair.teacher),
               parameters_of(pair.student));
    for (const std::string precision : {"fp32", "bf16"}) {
      if (argument_count > 5 && precision != arguments[5]) continue;
      measure(pair, steps, batch, precision);
    }
  }
  return 0;
} catch (const retort::Error& error) {
  fmt::print(stderr, "{}\n", error.what());
  return static_cast<int>(error.code());
}
