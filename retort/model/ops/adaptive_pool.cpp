#include <ATen/ops/adaptive_avg_pool2d.h>
#include <ATen/ops/mean.h>
#include <ATen/ops/zeros.h>

#include "retort/model/ops/inputs.hpp"

// Means over an image, or over as many parts of it as are wanted.
namespace retort {
namespace {

Shape global_shape(const Node& node, const Shapes& inputs) {
  return {only_image(node, inputs)[0], 1, 1};
}

Tensor global_forward(const Node&, std::span<const Tensor> inputs, std::span<const Tensor>,
                      const PassMode&, uint64_t) {
  const bool bf16 = inputs[0].scalar_type() == at::kBFloat16;
  return at::mean(inputs[0], {2, 3}, /*keepdim=*/true, bf16 ? at::kFloat : inputs[0].scalar_type());
}

void global_to_onnx(const Node&, const Shapes&, OnnxFragment& onnx) {
  onnx.result("GlobalAveragePool", {onnx.input(0)});
}

ImportedNodes global_from_onnx(const OnnxNode& node, const OnnxSource& source) {
  onnx_shape(node, 0, source);
  return imported(node, "global_average_pool");
}

const std::vector<int64_t>& size_of(const Node& node) {
  return sizes_of(node, "size", 2, 1);
}

Shape shape(const Node& node, const Shapes& inputs) {
  const Shape& image = only_image(node, inputs);
  return {image[0], size_of(node)[0], size_of(node)[1]};
}

Tensor forward(const Node& node, std::span<const Tensor> inputs, std::span<const Tensor>,
               const PassMode&, uint64_t) {
  return at::adaptive_avg_pool2d(inputs[0], size_of(node));
}

// Row i takes the mean of the pixels from floor(i * from / to) to ceil((i + 1) * from / to).
Tensor means(int64_t from, int64_t to) {
  const Tensor matrix = at::zeros({from, to}, at::kFloat);
  for (int64_t i = 0; i < to; ++i) {
    const int64_t begin = i * from / to;
    const int64_t count = ((i + 1) * from + to - 1) / to - begin;
    matrix.narrow(0, begin, count).select(1, i).fill_(1.0 / static_cast<double>(count));
  }
  return matrix;
}

// Parts of equal size are an AveragePool; others take a matrix for the columns and one for the
// rows.
void to_onnx(const Node& node, const Shapes& inputs, OnnxFragment& onnx) {
  const int64_t height = inputs[0][1], width = inputs[0][2];
  const int64_t rows = size_of(node)[0], columns = size_of(node)[1];
  if (height % rows == 0 && width % columns == 0) {
    const std::vector<int64_t> part = {height / rows, width / columns};
    onnx.result("AveragePool", {onnx.input(0)}, {{"kernel_shape", part}, {"strides", part}});
    return;
  }
  const Attributes turn = {{"perm", std::vector<int64_t>{0, 1, 3, 2}}};
  const std::string across =
      onnx.value("MatMul", {onnx.input(0), onnx.constant(means(width, columns))});
  const std::string down = onnx.value(
      "MatMul", {onnx.value("Transpose", {across}, turn), onnx.constant(means(height, rows))});
  onnx.result("Transpose", {down}, turn);
}

}  // namespace

Op global_average_pool_op() {
  return {.name = "global_average_pool",
          .help = "the mean of every channel: [N, C, H, W] to [N, C, 1, 1]",
          .shape = global_shape,
          .forward = global_forward,
          .takes_bf16 = true,
          .to_onnx = global_to_onnx,
          .onnx_types = {"GlobalAveragePool"},
          .from_onnx = global_from_onnx};
}

Op adaptive_average_pool_op() {
  return {.name = "adaptive_average_pool",
          .help = "means of as many parts of an image as are wanted",
          .shape = shape,
          .forward = forward,
          .to_onnx = to_onnx};
}

}  // namespace retort
