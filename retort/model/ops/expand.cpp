#include "retort/model/onnx_batch.hpp"
#include "retort/model/ops/inputs.hpp"

namespace retort {
namespace {

Shape shape(const Node& node, const Shapes& inputs) {
  const Shape& input = only_input(node, inputs);
  const Shape& wanted = sizes_of(node, "shape", input.size(), 1);
  for (size_t i = 0; i < input.size(); ++i) {
    if (input[i] != 1 && input[i] != wanted[i]) {
      misfit(node, "[N, {}] does not spread to [N, {}]", fmt::join(input, ", "),
             fmt::join(wanted, ", "));
    }
  }
  return wanted;
}

Tensor forward(const Node& node, std::span<const Tensor> inputs, std::span<const Tensor>,
               const PassMode&, uint64_t) {
  Shape sizes = integers(node, "shape");
  sizes.insert(sizes.begin(), inputs[0].size(0));
  return inputs[0].expand(sizes);
}

// A size of 1 leaves the batch as it is.
void to_onnx(const Node& node, const Shapes&, OnnxFragment& onnx) {
  Shape sizes = integers(node, "shape");
  sizes.insert(sizes.begin(), 1);
  onnx.result("Expand", {onnx.input(0), onnx.constant(sizes)});
}

// The sizes are counted from the last one; that of the batch stays.
ImportedNodes from_onnx(const OnnxNode& node, const OnnxSource& source) {
  const OnnxLayout& layout = onnx_layout(node, 0, source);
  const OnnxSizes sizes = onnx_sizes(node, 1, source);
  if (sizes.fixed.size() > layout.rank()) refuse(node, "more dimensions than its data have");
  OnnxLayout result = layout;
  const size_t first = layout.rank() - sizes.fixed.size();
  for (size_t i = 0; i < sizes.fixed.size(); ++i) {
    const size_t axis = first + i;
    const int64_t own = layout.sizes[axis];
    const bool is_batch = axis == layout.batch_axis;
    const bool stays = sizes.batches[i] == 0
                           ? sizes.fixed[i] == 1 || sizes.fixed[i] == own * source.batch
                           : sizes.fixed[i] == 0 && sizes.batches[i] == own;
    if (is_batch ? !stays : sizes.batches[i] != 0) {
      refuse(node, "it spreads over the batch of " + layout.text());
    }
    if (is_batch) continue;
    if (sizes.fixed[i] < 1 || (own != 1 && sizes.fixed[i] != 1 && sizes.fixed[i] != own)) {
      refuse(node, fmt::format("{} does not spread to [{}]", layout.text(),
                               fmt::join(sizes.fixed, ", ")));
    }
    result.sizes[axis] = std::max(own, sizes.fixed[i]);
  }
  ImportedNodes nodes = imported(node, "expand", {{"shape", result.stored()}});
  nodes[0].layout = result;
  return nodes;
}

}  // namespace

Op expand_op() {
  return {.name = "expand",
          .help = "sizes of 1 repeated up to larger ones",
          .shape = shape,
          .forward = forward,
          .to_onnx = to_onnx,
          .onnx_types = {"Expand"},
          .from_onnx = from_onnx};
}

}  // namespace retort
