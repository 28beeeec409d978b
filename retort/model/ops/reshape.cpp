#include <ATen/ops/channel_shuffle.h>
#include <ATen/ops/permute.h>
#include <ATen/ops/reshape.h>

#include <algorithm>
#include <numeric>
#include <set>

#include "retort/model/onnx_batch.hpp"
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

ImportedNodes as_reshape(const OnnxNode& node, const OnnxLayout& layout) {
  ImportedNodes nodes = imported(node, "reshape", {{"shape", layout.stored()}});
  nodes[0].layout = layout;
  return nodes;
}

// The dimensions that `axes` name go; without axes all of size 1 but the batch do.
ImportedNodes squeeze_from_onnx(const OnnxNode& node, const OnnxLayout& layout,
                                const OnnxSource& source) {
  std::set<size_t> axes;
  for (const int64_t axis : onnx_integers_or_input(node, "axes", 1, source)) {
    axes.insert(onnx_axis(node, axis, layout.rank()));
  }
  const bool all = axes.empty();
  OnnxSizes kept;
  for (size_t axis = 0; axis < layout.rank(); ++axis) {
    const bool is_batch = axis == layout.batch_axis;
    const bool one = layout.sizes[axis] == 1 && (!is_batch || source.batch == 1);
    if (axes.contains(axis) && !one) refuse(node, "a dimension that is not 1: " + layout.text());
    if (all ? one : axes.contains(axis)) continue;
    kept.fixed.push_back(is_batch ? 0 : layout.sizes[axis]);
    kept.batches.push_back(is_batch ? layout.sizes[axis] : 0);
  }
  return as_reshape(node, reshaped_from_onnx(node, layout, kept, source));
}

ImportedNodes unsqueeze_from_onnx(const OnnxNode& node, OnnxLayout layout,
                                  const OnnxSource& source) {
  const std::vector<int64_t> axes = onnx_integers_or_input(node, "axes", 1, source);
  std::set<size_t> places;
  for (const int64_t axis : axes) {
    places.insert(onnx_axis(node, axis, layout.rank() + axes.size()));
  }
  for (const size_t place : places) {
    layout.sizes.insert(layout.sizes.begin() + static_cast<std::ptrdiff_t>(place), 1);
    if (place <= layout.batch_axis) ++layout.batch_axis;
  }
  return as_reshape(node, layout);
}

ImportedNodes reshape_from_onnx(const OnnxNode& node, const OnnxSource& source) {
  const OnnxLayout& layout = onnx_layout(node, 0, source);
  if (node.op_type == "Squeeze") return squeeze_from_onnx(node, layout, source);
  if (node.op_type == "Unsqueeze") return unsqueeze_from_onnx(node, layout, source);
  // With allowzero a 0 means a dimension of nothing.
  const OnnxSizes sizes = onnx_sizes(node, 1, source);
  for (size_t i = 0; i < sizes.fixed.size() && onnx_integer(node, "allowzero", 0) != 0; ++i) {
    if (sizes.fixed[i] == 0 && sizes.batches[i] == 0) refuse(node, "a dimension of size 0");
  }
  return as_reshape(node, reshaped_from_onnx(node, layout, sizes, source));
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

// The dimensions of the value, and with the batch those of the node that are factors of it.
ImportedNodes transpose_from_onnx(const OnnxNode& node, const OnnxSource& source) {
  const OnnxLayout& layout = onnx_layout(node, 0, source);
  std::vector<int64_t> order = onnx_integers(node, "perm", {});
  if (order.empty()) {
    order.resize(layout.rank());
    std::iota(order.rbegin(), order.rend(), 0);
  }
  std::vector<int64_t> sorted = order, permutation;
  std::sort(sorted.begin(), sorted.end());
  OnnxLayout turned{.sizes = {}, .outer = layout.outer};
  for (size_t to = 0; to < order.size(); ++to) {
    const size_t from = onnx_axis(node, order[to], layout.rank());
    if (sorted[to] != static_cast<int64_t>(to)) refuse(node, "no order of the dimensions");
    turned.sizes.push_back(layout.sizes[from]);
    if (from != layout.batch_axis) {
      permutation.push_back(static_cast<int64_t>(layout.stored_axis(from)));
      continue;
    }
    turned.batch_axis = to;
    auto factor = static_cast<int64_t>(from);
    if (layout.outer > 1) permutation.push_back(factor++);
    if (layout.inner() > 1) permutation.push_back(factor);
  }
  if (order.size() != layout.rank()) refuse(node, "no order of the dimensions");
  ImportedNodes nodes = imported(node, "transpose", {{"permutation", permutation}});
  nodes[0].layout = turned;
  return nodes;
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
          .onnx_types = {"Reshape", "Squeeze", "Unsqueeze"},
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
