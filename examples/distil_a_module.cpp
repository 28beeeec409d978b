// Your own torch::nn::Module as the student of a teacher in a file.
//   distil_a_module DATA TEACHER        e.g. datasets/mnist teacher.safetensors
#include "retort/libtorch.hpp"  // before other headers of LibTorch: brings torch/torch.h

#include <fmt/format.h>

#include "retort/data/formats.hpp"
#include "retort/data/subset.hpp"
#include "retort/objective/terms.hpp"

namespace {

using namespace retort;

// Nothing of retort in it.
struct SmallNet : torch::nn::Module {
  SmallNet() {
    hidden = register_module("hidden", torch::nn::Linear(784, 50));
    answer = register_module("answer", torch::nn::Linear(50, 10));
  }
  torch::Tensor forward(const torch::Tensor& images) {
    return answer->forward(torch::tanh(hidden->forward(images.flatten(1))));
  }
  torch::nn::Linear hidden = nullptr, answer = nullptr;
};

}  // namespace

int main(int argument_count, char** arguments) try {
  if (argument_count != 3) {
    fmt::print(stderr, "usage: distil_a_module DATA TEACHER\n");
    return 2;
  }
  torch::manual_seed(1);
  const DatasetPointer all = open_split(format_of_folder(arguments[1]), Split::train, "");
  const SplitIndices split = validation_split(*all, 5000, /*seed=*/1);
  const DatasetPointer images = subset(all, balanced_choice(*all, split.training, 500, /*seed=*/1));

  auto module = std::make_shared<SmallNet>();
  TrainableModule student(module, [&](const Tensor& pixels) { return module->forward(pixels); });
  const Teachers teachers = {{"big", std::make_shared<NetworkPredictor>(open_model(arguments[2]))}};
  const Objective objective =
      make_objective({{DistillationTerm{.teacher = "big", .temperature = 4}}});
  const TrainSettings settings{.epochs = 5, .batch = 100, .learning_rate = 2e-3};
  BatchStream batches(images, settings.batch, /*seed=*/1);
  Progress silent;
  const TrainingRecord record =
      train(student, teachers, objective, batches, settings,
            {.model = "student", .validation = subset(all, split.validation)}, silent);

  const double accuracy = record.epochs.back().validation_accuracy;
  fmt::print("validation accuracy of the module, which saw no label: {:.2f} %\n", 100 * accuracy);
  return accuracy > 0.8 ? 0 : 1;
} catch (const retort::Error& error) {
  fmt::print(stderr, "{}\n", error.what());
  return static_cast<int>(error.code());
}
