#include "retort/experiment/export.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "retort/data/images_for_tests.hpp"
#include "retort/model/model_file.hpp"
#include "retort/onnx/onnx_file.hpp"

namespace retort {
namespace {

using testing::HasSubstr;
using testing::Not;

// A convolution with its batch norm; `scale` of the norm makes logits of that size.
Model model_of(double scale) {
  Graph graph({1, 2, 3});
  graph.batch_norm("bn", graph.conv("conv", "input", {.out_channels = 4, .kernel = 2}));
  graph.linear("fc", graph.flatten("flatten", graph.relu("relu", "bn")), 3);
  graph.classes = {"a", "b", "c"};
  Model model{graph, initial_weights(graph, 1)};
  model.weights.at("bn.weight").fill_(scale);
  model.weights.at("bn.running_mean").fill_(0.1);
  return model;
}

class Export : public testing::Test {
 protected:
  Export() {
    std::string folder = (std::filesystem::temp_directory_path() / "retort.XXXXXX").string();
    folder_ = ::mkdtemp(folder.data());
    model_ = folder_ / "model.safetensors";
    onnx_ = folder_ / "model.onnx";
    save_model(model_, model_of(1));
  }
  ~Export() override { std::filesystem::remove_all(folder_); }
  std::string bytes() const { return read_file(onnx_, ExitCode::model); }

  Path folder_, model_, onnx_;
};

TEST_F(Export, IsProvedOnTheImagesThatThereAre) {
  const test::NumberedImages images({0, 1, 2, 0, 1, 2, 0, 1, 2, 0}, {1, 2, 3});
  const ExportCheck on_images = export_onnx(model_, onnx_, &images);
  EXPECT_EQ(on_images.images, 10);
  EXPECT_FALSE(on_images.random);
  EXPECT_LE(on_images.largest_difference, most_export_difference);
  const ExportCheck on_noise = export_onnx(model_, onnx_, nullptr);
  EXPECT_GT(on_noise.images, 10);
  EXPECT_TRUE(on_noise.random);
  EXPECT_THAT(bytes(), HasSubstr("BatchNormalization"));
  EXPECT_THAT(bytes(), Not(HasSubstr("retort.batch_norm")));
}

TEST_F(Export, FoldsBatchNorms) {
  export_onnx(model_, onnx_, nullptr, {.fold = true});
  EXPECT_THAT(bytes(), Not(HasSubstr("BatchNormalization")));
  EXPECT_THAT(bytes(), HasSubstr("retort.batch_norm"));
  EXPECT_EQ(read_onnx(onnx_).graph.nodes().size(), model_of(1).graph.nodes().size() - 1);
}

TEST_F(Export, OfProbabilitiesSaysSo) {
  export_onnx(model_, onnx_, nullptr, {.softmax = true});
  EXPECT_THAT(bytes(), HasSubstr("Softmax"));
  EXPECT_THAT(bytes(), HasSubstr("retort.output"));
  // As a teacher it answers in logits all the same.
  EXPECT_EQ(read_onnx(onnx_).graph.nodes().back().op, "linear");
}

TEST_F(Export, TakesAnOnnxFileToo) {
  export_onnx(model_, onnx_, nullptr);
  const Path again = folder_ / "folded.onnx";
  export_onnx(onnx_, again, nullptr, {.fold = true});
  EXPECT_EQ(read_onnx(again).graph.classes, model_of(1).graph.classes);
  try {
    export_onnx(onnx_, onnx_, nullptr);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::usage);
  }
}

// Logits of millions cannot agree to 1e-4 in fp32 once the sums are other ones.
TEST_F(Export, ThatDiffersIsNotKept) {
  save_model(model_, model_of(1e7));
  try {
    export_onnx(model_, onnx_, nullptr, {.fold = true});
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::verification);
    EXPECT_THAT(error.what(), HasSubstr("model.onnx: its logits differ"));
  }
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1);
}

}  // namespace
}  // namespace retort
