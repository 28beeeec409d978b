#include <ATen/ops/channel_shuffle.h>
#include <ATen/ops/permute.h>
#include <ATen/ops/reshape.h>

#include <algorithm>
#include <numeric>

#include "retort/model/ops/inputs.hpp"

// The same numbers in another shape or order.
namespace retort {
namespace {

Shape with_batch(int64_t batch, const Shape& shape) {
  Shape result = shape;
  result.insert(result.begin(), batch);
  return result;
}

Shape reshape_shape(const Node& node, const Shapes& inputs) {
  const Shape& input = only_input(node, inputs);
  const std::vector<int64_t>& shape = integers(node, "shape");
  // Divided, since a product of strangers' sizes may overflow.
  int64_t left = element_count(input);
  bool fits = true;
  for (const int64_t size : shape) {
    fits = fits && size > 0 && left % size == 0;
    if (fits) left /= size;
  }
  if (!fits || left != 1) {
    misfit(node, "[N, {}] cannot become [N, {}]", fmt::join(input, ", "), fmt::join(shape, ", "));
  }
  return shape;
}

Tensor reshape(const Node& node, std::span<const Tensor> inputs, std::span<const Tensor>,
               const PassMode&, uint64_t) {
  return at::reshape(inputs[0], with_batch(inputs[0].size(0), integers(node, "shape")));
}

void reshape_to_onnx(const Node& node, const Shapes&, OnnxFragment& onnx) {
  onnx.result("Reshape", {onnx.input(0), onnx.constant(with_batch(0, integers(node, "shape")))});
}

// Sizes of 0 stand for the input's, one of -1 for what is left; the first is the batch.
ImportedNodes reshape_from_onnx(const OnnxNode& node, const OnnxSource& source) {
  const std::vector<int64_t> sizes = integers_of(onnx_wanted_constant(node, 1, source));
  const Shape& input = source.graph.shape(node.inputs[0]);
  Shape shape;
  int64_t left = element_count(input), open = 0;
  for (size_t i = 1; i < sizes.size(); ++i) {
    const int64_t size = sizes[i] == 0 && i <= input.size() ? input[i - 1] : sizes[i];
    shape.push_back(size);
    if (size == -1 && ++open == 1) continue;
    if (size < 1 || left % size != 0) refuse(node, "sizes that do not fit its input");
    left /= size;
  }
  const bool keeps_batch = !sizes.empty() && (sizes[0] == 0 || (sizes[0] == -1 && open == 0));
  if (!keeps_batch) {
    refuse(node, fmt::format("wanted the batch to stay as it is, got sizes [{}]",
                             fmt::join(sizes, ", ")));
  }
  std::replace(shape.begin(), shape.end(), int64_t{-1}, left);
  return imported(node, "reshape", {{"shape", shape}});
}

const std::vector<int64_t>& permutation_of(const Node& node, const Shape& input) {
  const std::vector<int64_t>& order = integers(node, "permutation");
  std::vector<int64_t> sorted = order, all(input.size());
  std::sort(sorted.begin(), sorted.end());
  std::iota(all.begin(), all.end(), 0);
  if (sorted != all) {
    misfit(node, "wanted an order of {} dimensions, got [{}]", input.size(),
           fmt::join(order, ", "));
  }
  return order;
}

Shape transpose_shape(const Node& node, const Shapes& inputs) {
  const Shape& input = only_input(node, inputs);
  Shape result;
  for (const int64_t from : permutation_of(node, input)) {
    result.push_back(input[static_cast<size_t>(from)]);
  }
  return result;
}

// The order of all dimensions; the batch stays first.
std::vector<int64_t> order_with_batch(const Node& node) {
  std::vector<int64_t> order = {0};
  for (const int64_t from : integers(node, "permutation")) order.push_back(from + 1);
  return order;
}

Tensor transpose(const Node& node, std::span<const Tensor> inputs, std::span<const Tensor>,
                 const PassMode&, uint64_t) {
  return at::permute(inputs[0], order_with_batch(node));
}

void transpose_to_onnx(const Node& node, const Shapes&, OnnxFragment& onnx) {
  onnx.result("Transpose", {onnx.input(0)}, {{"perm", order_with_batch(node)}});
}

ImportedNodes transpose_from_onnx(const OnnxNode& node, const OnnxSource&) {
  const std::vector<int64_t> order = onnx_integers(node, "perm", {});
  if (order.empty() || order[0] != 0) {
    refuse(node, fmt::format("wanted the batch to stay first, got [{}]", fmt::join(order, ", ")));
  }
  std::vector<int64_t> permutation;
  for (size_t i = 1; i < order.size(); ++i) permutation.push_back(order[i] - 1);
  return imported(node, "transpose", {{"permutation", permutation}});
}

Shape channel_shuffle_shape(const Node& node, const Shapes& inputs) {
  const Shape& image = only_image(node, inputs);
  const int64_t groups = integer_between(node, "groups", 1, 1 << 20);
  if (image[0] % groups != 0) {
    misfit(node, "{} channels are no {} equal groups", image[0], groups);
  }
  return image;
}

Tensor channel_shuffle(const Node& node, std::span<const Tensor> inputs, std::span<const Tensor>,
                       const PassMode&, uint64_t) {
  return at::channel_shuffle(inputs[0], integer(node, "groups"));
}

void channel_shuffle_to_onnx(const Node& node, const Shapes& inputs, OnnxFragment& onnx) {
  const Shape& image = inputs[0];
  const int64_t groups = integer(node, "groups");
  const Shape apart = {0, groups, image[0] / groups, image[1], image[2]};
  const std::string grouped = onnx.value("Reshape", {onnx.input(0), onnx.constant(apart)});
  const std::string turned =
      onnx.value("Transpose", {grouped}, {{"perm", std::vector<int64_t>{0, 2, 1, 3, 4}}});
  onnx.result("Reshape", {turned, onnx.constant(with_batch(0, image))});
}

}  // namespace

Op reshape_op() {
  return {.name = "reshape",
          .help = "the same elements in another shape",
          .shape = reshape_shape,
          .forward = reshape,
          .to_onnx = reshape_to_onnx,
          .onnx_types = {"Reshape"},
          .from_onnx = reshape_from_onnx};
}

Op transpose_op() {
  return {.name = "transpose",
          .help = "the dimensions in another order",
          .shape = transpose_shape,
          .forward = transpose,
          .to_onnx = transpose_to_onnx,
          .onnx_types = {"Transpose"},
          .from_onnx = transpose_from_onnx};
}

Op channel_shuffle_op() {
  return {.name = "channel_shuffle",
          .help = "channels of all groups in turns (Zhang et al. 2018, ShuffleNet)",
          .shape = channel_shuffle_shape,
          .forward = channel_shuffle,
          .takes_bf16 = true,
          .to_onnx = channel_shuffle_to_onnx};
}

}  // namespace retort
