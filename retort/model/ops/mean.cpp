#include <ATen/ops/mean.h>

#include <algorithm>
#include <set>

#include "retort/model/ops/inputs.hpp"

namespace retort {
namespace {

// Those that are averaged, in ascending order.
const std::vector<int64_t>& axes_of(const Node& node, const Shape& input) {
  const std::vector<int64_t>& axes = integers(node, "axes");
  bool fits = !axes.empty();
  for (size_t i = 0; i < axes.size(); ++i) {
    fits = fits && axes[i] >= 0 && axes[i] < static_cast<int64_t>(input.size()) &&
           (i == 0 || axes[i] > axes[i - 1]);
  }
  if (!fits) {
    misfit(node, "wanted axes below {} in ascending order, got [{}]", input.size(),
           fmt::join(axes, ", "));
  }
  return axes;
}

bool keeps(const Node& node) {
  return integer_between(node, "keeps", 0, 1) == 1;
}

Shape shape(const Node& node, const Shapes& inputs) {
  Shape result = only_input(node, inputs);
  const std::vector<int64_t>& axes = axes_of(node, result);
  const bool keep = keeps(node);
  for (auto axis = axes.rbegin(); axis != axes.rend(); ++axis) {
    result[static_cast<size_t>(*axis)] = 1;
    if (!keep) result.erase(result.begin() + *axis);
  }
  return result;
}

std::vector<int64_t> with_batch(const std::vector<int64_t>& axes) {
  std::vector<int64_t> result;
  for (const int64_t axis : axes) result.push_back(axis + 1);
  return result;
}

Tensor forward(const Node& node, std::span<const Tensor> inputs, std::span<const Tensor>,
               const PassMode&, uint64_t) {
  return at::mean(inputs[0], with_batch(integers(node, "axes")), keeps(node));
}

void to_onnx(const Node& node, const Shapes&, OnnxFragment& onnx) {
  onnx.result("ReduceMean", {onnx.input(0)},
              {{"axes", with_batch(integers(node, "axes"))}, {"keepdims", integer(node, "keeps")}});
}

// Without axes over all of them, the batch too.
std::set<size_t> axes_from_onnx(const OnnxNode& node, const OnnxLayout& layout,
                                const OnnxSource& source) {
  std::set<size_t> axes;
  for (const int64_t axis : onnx_integers_or_input(node, "axes", 1, source)) {
    axes.insert(onnx_axis(node, axis, layout.rank()));
  }
  if (axes.empty() || axes.contains(layout.batch_axis)) {
    refuse(node, "it goes over the batch of " + layout.text());
  }
  return axes;
}

// Nodes one after the other, each of which reads the one before it; the last makes the value.
class Chain {
 public:
  Chain(const OnnxNode& node, OnnxLayout layout)
      : output_(node.outputs.at(0)), last_(node.inputs.at(0)), layout_(std::move(layout)) {}

  void add(std::string_view op, Attributes attributes) {
    const std::string name = fmt::format("{}.{}{}", output_, op, nodes_.size());
    nodes_.push_back({{name, std::string(op), {last_}, std::move(attributes)}, {}});
    last_ = name;
  }

  ImportedNodes finished() {
    nodes_.back().node.name = output_;
    nodes_.back().layout = layout_;
    return std::move(nodes_);
  }

 private:
  std::string output_, last_;
  OnnxLayout layout_;
  ImportedNodes nodes_;
};

// A mean over height and width of an image is a global average pool. A sum is the mean times the
// count, a norm the root of the sum of squares.
ImportedNodes from_onnx(const OnnxNode& node, const OnnxSource& source) {
  const OnnxLayout& layout = onnx_layout(node, 0, source);
  const std::set<size_t> whole_axes = axes_from_onnx(node, layout, source);
  const int64_t keep = onnx_integer(node, "keepdims", 1);
  OnnxLayout result = layout;
  std::vector<int64_t> axes;
  int64_t count = 1;
  for (const size_t axis : whole_axes) {
    axes.push_back(static_cast<int64_t>(layout.stored_axis(axis)));
    count *= layout.sizes[axis];
    result.sizes[axis] = 1;
  }
  for (auto axis = whole_axes.rbegin(); keep == 0 && axis != whole_axes.rend(); ++axis) {
    result.sizes.erase(result.sizes.begin() + static_cast<std::ptrdiff_t>(*axis));
    if (*axis < result.batch_axis) --result.batch_axis;
  }
  Chain chain(node, result);
  const bool is_norm = node.op_type == "ReduceL2";
  if (is_norm) chain.add("power", {{"exponent", 2.0}});
  if (layout.is_batch_first() && layout.rank() == 4 && axes == Shape{1, 2} && keep != 0) {
    chain.add("global_average_pool", {});
  } else {
    chain.add("mean", {{"axes", axes}, {"keeps", keep}});
  }
  if (node.op_type != "ReduceMean") {
    chain.add("scale", {{"factor", static_cast<double>(count)}, {"offset", 0.0}});
  }
  if (is_norm) chain.add("power", {{"exponent", 0.5}});
  return chain.finished();
}

}  // namespace

Op mean_op() {
  return {.name = "mean",
          .help = "the mean over some dimensions, which stay as 1 or go",
          .shape = shape,
          .forward = forward,
          .to_onnx = to_onnx,
          .onnx_types = {"ReduceMean", "ReduceSum", "ReduceL2"},
          .from_onnx = from_onnx};
}

}  // namespace retort
