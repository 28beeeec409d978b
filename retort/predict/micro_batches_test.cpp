#include "retort/predict/micro_batches.hpp"

#include <ATen/ops/index_select.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include "retort/model/zoo.hpp"

namespace retort {
namespace {

Model model_of(const ZooNetwork& network, const Shape& input, int64_t classes) {
  Classes names;
  for (int64_t i = 0; i < classes; ++i) names.push_back(std::to_string(i));
  const Graph graph = build_graph({.network = network}, input, names);
  return {graph, initial_weights(graph, 7)};
}

Tensor logits_of(const Predictor& predictor, const Tensor& images) {
  return predict_in_micro_batches(predictor, {images, {}, {}}, {"logits"}).at("logits");
}

// Rows asked in any company, at any place, in any number are the rows asked in order.
void expect_rows_stand_alone(const Predictor& predictor) {
  const Shape& shape = predictor.input_shape();
  const Tensor images = at::rand({200, shape[0], shape[1], shape[2]});
  const Tensor all = logits_of(predictor, images);
  ASSERT_EQ(all.size(0), 200);
  for (const std::vector<int64_t>& rows :
       {std::vector<int64_t>{199}, {5, 150, 77}, {63, 62, 61, 0, 1, 2, 64, 128, 190}}) {
    const Tensor chosen = at::tensor(rows, at::kLong);
    EXPECT_TRUE(logits_of(predictor, at::index_select(images, 0, chosen))
                    .equal(at::index_select(all, 0, chosen)))
        << rows.size();
  }
  const Tensor turned = images.flip(0);
  EXPECT_TRUE(logits_of(predictor, turned).flip(0).equal(all));
}

TEST(MicroBatches, RowsOfAPerceptronStandAlone) {
  for (const int64_t classes : {2, 10, 11, 30}) {
    expect_rows_stand_alone(NetworkPredictor(model_of(Mlp{{100, 50}, {}}, {1, 28, 28}, classes)));
    expect_rows_stand_alone(NetworkPredictor(model_of(Mlp{{30}, {}}, {1, 8, 8}, classes)));
  }
}

TEST(MicroBatches, RowsOfAConvolutionalNetworkStandAlone) {
  expect_rows_stand_alone(NetworkPredictor(model_of(network_named("resnet20"), {3, 32, 32}, 10)));
}

TEST(MicroBatches, RowsOfAConvolutionalNetworkInBf16StandAlone) {
  expect_rows_stand_alone(
      NetworkPredictor(model_of(network_named("resnet20"), {3, 32, 32}, 100), true));
}

}  // namespace
}  // namespace retort
