// Milliseconds of one training step of a multilayer perceptron on MNIST's shape, with their shares.
//   bench_training_step [DATA [STEPS [THREADS]]]
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
TrainingRecord timed(const DatasetPointer& images, int64_t steps) {
  Graph graph = Mlp{{1200, 1200}, {}}.build(images->shape(), 10);
  TrainableNetwork network({graph, initial_weights(graph, 1)});
  BatchStream batches(images, 128, /*seed=*/1);
  const int64_t epochs = std::max<int64_t>(1, steps / batches.steps_per_epoch());
  const TrainSettings settings{.epochs = epochs, .batch = 128};
  Progress silent;
  return train(network, {}, make_objective({{CrossEntropyTerm{}}}), batches, settings,
               {.model = "bench"}, silent);
}

}  // namespace

int main(int argument_count, char** arguments) try {
  const std::string data = argument_count > 1 ? arguments[1] : "datasets/mnist";
  const int64_t steps = argument_count > 2 ? std::atoll(arguments[2]) : 468;
  use_threads(argument_count > 3 ? std::atoll(arguments[3]) : 0);
  DatasetPointer images = open_split(format_of_folder(data), Split::train, "");
  images = transformed(images, {Transform{Shift{.pixels = 2}}});
  const TrainingRecord record = timed(images, steps);
  const TimeSpent& time = record.time;
  const auto done = static_cast<double>(record.epochs.back().step);
  const auto share = [&](double seconds) { return 100 * seconds / time.total; };
  fmt::print("784-1200-1200-10, batch 128, fp32, Adam, shift 2; {} threads, {}, LibTorch {}\n",
             at::get_num_threads(), this_environment().cpu, this_environment().libtorch);
  fmt::print(
      "{:.3f} ms a step; share of forward {:.1f}, loss {:.1f}, backward {:.1f}, optimiser "
      "{:.1f}, data {:.1f}, other {:.1f} %\n",
      1000 * time.total / done, share(time.forward), share(time.loss), share(time.backward),
      share(time.optimiser), share(time.data),
      share(time.total - time.forward - time.loss - time.backward - time.optimiser - time.data));
  return 0;
} catch (const retort::Error& error) {
  fmt::print(stderr, "{}\n", error.what());
  return static_cast<int>(error.code());
}
