// Milliseconds of one training step of a multilayer perceptron on MNIST's shape, with their shares,
// in fp32 and with matrix products in bf16.
//   bench_training_step [DATA [STEPS [THREADS [BATCH]]]]
#include <ATen/Parallel.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "retort/data/formats.hpp"
#include "retort/experiment/environment.hpp"
#include "retort/model/zoo/mlp.hpp"
#include "retort/objective/terms.hpp"
#include "retort/train/train.hpp"

namespace {

using namespace retort;

// Keeps only what the loop itself costs: no progress, no validation.
TrainingRecord timed(const DatasetPointer& images, int64_t steps, int64_t batch,
                     const std::string& precision) {
  Graph graph = Mlp{{1200, 1200}, {}}.build(images->shape(), 10);
  TrainableNetwork network({graph, initial_weights(graph, 1)});
  BatchStream batches(images, batch, /*seed=*/1);
  const int64_t epochs = std::max<int64_t>(1, steps / batches.steps_per_epoch());
  const TrainSettings settings{.epochs = epochs, .batch = batch, .precision = precision};
  Progress silent;
  return train(network, {}, make_objective({{CrossEntropyTerm{}}}), batches, settings,
               {.model = "bench"}, silent);
}

void print_shares(const char* precision, const TrainingRecord& record) {
  const double steps = static_cast<double>(record.epochs.back().step);
  std::string shares;
  for (const auto& [part, seconds] : record.time.parts()) {
    shares += fmt::format(", {} {:.1f}", part, 100 * seconds / record.time.total);
  }
  fmt::print("{}: {:.3f} ms a step{} %\n", precision, 1000 * record.time.total / steps, shares);
}

}  // namespace

int main(int argument_count, char** arguments) try {
  const std::string data = argument_count > 1 ? arguments[1] : "datasets/mnist";
  const int64_t steps = argument_count > 2 ? std::atoll(arguments[2]) : 468;
  use_threads(argument_count > 3 ? std::atoll(arguments[3]) : 0);
  const int64_t batch = argument_count > 4 ? std::atoll(arguments[4]) : 128;
  DatasetPointer images = open_split(format_of_folder(data), Split::train, "");
  images = transformed(images, {Transform{Shift{.pixels = 2}}});
  fmt::print("784-1200-1200-10, batch {}, Adam, shift 2; {} threads, {}, LibTorch {}\n", batch,
             at::get_num_threads(), this_environment().cpu, this_environment().libtorch);
  for (const char* precision : {"fp32", "bf16"}) {
    print_shares(precision, timed(images, steps, batch, precision));
  }
  return 0;
} catch (const retort::Error& error) {
  fmt::print(stderr, "{}\n", error.what());
  return static_cast<int>(error.code());
}
