// A student in use: opens a model file and says what it sees.
//   use_a_student STUDENT DATA          e.g. runs/mnist-quick/student.onnx datasets/mnist
#include <fmt/format.h>

#include "retort/data/batch_stream.hpp"
#include "retort/data/formats.hpp"
#include "retort/predict/predictor.hpp"

int main(int argument_count, char** arguments) try {
  using namespace retort;
  if (argument_count != 3) {
    fmt::print(stderr, "usage: use_a_student STUDENT DATA\n");
    return 2;
  }
  const NetworkPredictor student(open_model(arguments[1]));
  const DatasetPointer test = open_split(format_of_folder(arguments[2]), Split::test, "");

  const Batch batch = make_batch(*test, {{.index = 0}, {.index = 1}, {.index = 2}, {.index = 3}});
  const Tensor logits = student.predict(batch.inputs, {"logits"}).at("logits");
  const Tensor probabilities = logits.softmax(1);
  const Tensor answers = logits.argmax(1);
  int right = 0;
  for (int64_t i = 0; i < answers.numel(); ++i) {
    const auto answer = answers[i].item<int64_t>();
    const int64_t label = test->label(i);
    fmt::print(
        "image {}: {} ({:.1f} %), labelled {}\n", i, student.classes()[static_cast<size_t>(answer)],
        100 * probabilities[i][answer].item<double>(), test->classes()[static_cast<size_t>(label)]);
    right += answer == label ? 1 : 0;
  }
  return right >= 3 ? 0 : 1;
} catch (const retort::Error& error) {
  fmt::print(stderr, "{}\n", error.what());
  return static_cast<int>(error.code());
}
