#include <ATen/ops/matmul.h>

#include <algorithm>

#include "retort/model/ops/inputs.hpp"

namespace retort {
namespace {

// [..., rows, terms] times [..., terms, columns].
Shape shape(const Node& node, const Shapes& inputs) {
  if (inputs.size() != 2) misfit(node, "wanted 2 inputs, got {}", inputs.size());
  const Shape &a = inputs[0], &b = inputs[1];
  const size_t rank = a.size();
  const bool fits = rank >= 2 && b.size() == rank && a[rank - 1] == b[rank - 2] &&
                    std::equal(a.begin(), a.end() - 2, b.begin());
  if (!fits) {
    misfit(node, "matrices [N, {}] and [N, {}] cannot be multiplied", fmt::join(a, ", "),
           fmt::join(b, ", "));
  }
  Shape result = a;
  result[rank - 1] = b[rank - 1];
  return result;
}

int64_t macs(const Node& node, const Shapes& inputs) {
  return bounded_product({element_count(shape(node, inputs)), inputs[0].back()});
}

Tensor forward(const Node&, std::span<const Tensor> inputs, std::span<const Tensor>,
               const PassMode& mode, uint64_t) {
  const at::ScalarType type = inputs[0].scalar_type();
  if (!mode.bf16) return at::matmul(inputs[0], inputs[1]);
  return at::matmul(inputs[0].to(at::kBFloat16), inputs[1].to(at::kBFloat16)).to(type);
}

void to_onnx(const Node&, const Shapes&, OnnxFragment& onnx) {
  onnx.result("MatMul", onnx.inputs());
}

// A constant on the right is a linear map; foreign_forms has made those a Gemm.
ImportedNodes from_onnx(const OnnxNode& node, const OnnxSource& source) {
  for (const size_t i : {0, 1}) {
    if (onnx_constant(node, i, source) != nullptr) refuse(node, "wanted two nodes to multiply");
  }
  return {{{node.outputs.at(0), "matmul", node.inputs, {}}, {}}};
}

}  // namespace

Op matmul_op() {
  return {.name = "matmul",
          .help = "matrix product of two nodes over their last two dimensions",
          .shape = shape,
          .macs = macs,
          .forward = forward,
          .to_onnx = to_onnx,
          .onnx_types = {"MatMul"},
          .from_onnx = from_onnx};
}

}  // namespace retort
