// A teacher and a student, trained and distilled from C++ without an experiment file.
//   train_a_student DATA STUDENT        e.g. datasets/mnist student.safetensors
#include <fmt/format.h>

#include "retort/data/formats.hpp"
#include "retort/data/subset.hpp"
#include "retort/evaluate/answers.hpp"
#include "retort/model/model_file.hpp"
#include "retort/model/zoo/mlp.hpp"
#include "retort/objective/terms.hpp"
#include "retort/train/train.hpp"

namespace {

using namespace retort;

Model fresh_model(const Dataset& data, std::vector<int64_t> widths) {
  const auto classes = static_cast<int64_t>(data.classes().size());
  Graph graph = Mlp{std::move(widths), {}}.build(data.shape(), classes);
  graph.classes = data.classes();
  return {graph, initial_weights(graph, /*seed=*/1)};
}

Model trained(const DatasetPointer& images, std::vector<int64_t> widths,
              const std::vector<TermSettings>& terms, const Teachers& teachers, int64_t epochs) {
  TrainableNetwork network(fresh_model(*images, std::move(widths)));
  const TrainSettings settings{.epochs = epochs, .batch = 128, .learning_rate = 1e-3};
  BatchStream batches(images, settings.batch, /*seed=*/1);
  Progress silent;
  train(network, teachers, make_objective(terms), batches, settings, {.model = "model"}, silent);
  return network.model();
}

}  // namespace

int main(int argument_count, char** arguments) try {
  if (argument_count != 3) {
    fmt::print(stderr, "usage: train_a_student DATA STUDENT\n");
    return 2;
  }
  const DataFormat format = format_of_folder(arguments[1]);
  const DatasetPointer all = open_split(format, Split::train, "");
  const DatasetPointer test = open_split(format, Split::test, "");
  const std::vector<int64_t> everything = validation_split(*all, 0, /*seed=*/1).training;
  const DatasetPointer many = subset(all, balanced_choice(*all, everything, 2000, /*seed=*/1));
  const DatasetPointer few = subset(all, balanced_choice(*all, everything, 100, /*seed=*/1));

  const auto teacher = std::make_shared<NetworkPredictor>(
      trained(many, {600}, {{CrossEntropyTerm{}}}, {}, /*epochs=*/4));
  const Model student =
      trained(few, {100}, {{DistillationTerm{.teacher = "big", .temperature = 4}}},
              {{"big", teacher}}, /*epochs=*/40);
  const Model twin = trained(few, {100}, {{CrossEntropyTerm{}}}, {}, /*epochs=*/40);

  const auto errors = [&](const Predictor& predictor) {
    return scores_of(answers_of(predictor, *test)).errors;
  };
  const int64_t with_teacher = errors(NetworkPredictor(student));
  const int64_t alone = errors(NetworkPredictor(twin));
  fmt::print("errors of {}: teacher {}, student {}, the same network alone {}\n", test->size(),
             errors(*teacher), with_teacher, alone);
  save_model(arguments[2], student);
  return with_teacher < alone ? 0 : 1;
} catch (const retort::Error& error) {
  fmt::print(stderr, "{}\n", error.what());
  return static_cast<int>(error.code());
}
