#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "retort/model/network.hpp"
#include "retort/onnx/onnx_file.hpp"
#include "tests/golden/golden.hpp"

// The files of tools/golden/onnx_exports.py: what PyTorch's exporters write, and its answers.
namespace retort {
namespace {

using testing::HasSubstr;

Path folder() {
  return Path(RETORT_SOURCE_FOLDER) / "tests" / "golden" / "onnx";
}

std::vector<Path> exports() {
  std::vector<Path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder())) {
    if (entry.path().extension() == ".onnx") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

Tensor images() {
  return golden::pattern(1, {3, 3, 16, 16}, -1, 1).to(at::kFloat);
}

Tensor answer(const Network& network, const Tensor& inputs) {
  return network.forward(inputs, {"logits"}).at("logits");
}

TEST(OnnxExports, AnswerAsInPyTorchForAnyBatch) {
  const Safetensors answers = golden::file("onnx/answers.safetensors");
  ASSERT_GT(exports().size(), 10U);
  for (const Path& path : exports()) {
    SCOPED_TRACE(path.filename());
    const std::string name = path.stem().string();
    try {
      const Network network(read_onnx(path));
      const Tensor& expected = answers.tensors.at(name.substr(0, name.find('-')));
      EXPECT_LT(golden::largest_difference(answer(network, images()), expected), 1e-5);
      for (int64_t i = 0; i < 3; ++i) {
        const Tensor alone = answer(network, images().narrow(0, i, 1));
        EXPECT_LT(golden::largest_difference(alone, expected.narrow(0, i, 1)), 1e-5);
      }
    } catch (const Error& error) {
      ADD_FAILURE() << error.what();
    }
  }
}

TEST(OnnxExports, TrainFurtherInAllOfTheirWeights) {
  for (const Path& path : exports()) {
    SCOPED_TRACE(path.filename());
    Network network(read_onnx(path));
    network.set_trainable(true);
    answer(network, images()).square().sum().backward();
    for (const ParameterSpec& spec : parameters(network.graph())) {
      if (!spec.trained) continue;
      const Tensor& gradient = network.weights().at(spec.name).grad();
      ASSERT_TRUE(gradient.defined()) << spec.name;
      EXPECT_TRUE(gradient.isfinite().all().item<bool>()) << spec.name;
    }
  }
}

TEST(OnnxExports, SayWhatWasReadOtherwise) {
  const auto remarks = [](const std::string& name) { return read_onnx(folder() / name).remarks; };
  EXPECT_THAT(remarks("residual-torchscript-9.onnx"), testing::IsEmpty());
  EXPECT_THAT(remarks("ends_in_log_softmax-torchscript-11.onnx"),
              testing::ElementsAre(HasSubstr("(LogSoftmax) at the end is left out")));
  EXPECT_THAT(remarks("fixed_view-torchscript-batch-1-9.onnx"),
              testing::ElementsAre(HasSubstr("(Softmax) at the end is left out"),
                                   HasSubstr("made for a batch of 1")));
}

TEST(OnnxExports, ValuesCanBeTappedByTheFilesNames) {
  const Network network(read_onnx(folder() / "residual-torchscript-9.onnx"));
  const std::string node = "/head/Gemm", value = "/shortcut/shortcut.0/Conv_output_0";
  const NamedTensors taps = network.forward(images(), {node, value});
  EXPECT_EQ(taps.at(node).sizes().vec(), (Shape{3, 5}));
  EXPECT_EQ(taps.at(value).sizes().vec(), (Shape{3, 8, 2, 2}));
}

}  // namespace
}  // namespace retort
