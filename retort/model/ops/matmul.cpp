#include <ATen/ops/matmul.h>

#include <algorithm>
#include <numeric>

#include "retort/model/ops/inputs.hpp"

namespace retort {
namespace {

// [..., rows, terms] times [..., terms, columns]; sizes of 1 before those spread.
Shape shape(const Node& node, const Shapes& inputs) {
  if (inputs.size() != 2) misfit(node, "wanted 2 inputs, got {}", inputs.size());
  const Shape &a = inputs[0], &b = inputs[1];
  const size_t rank = a.size();
  bool fits = rank >= 2 && b.size() == rank && a[rank - 1] == b[rank - 2];
  Shape result = a;
  for (size_t i = 0; fits && i + 2 < rank; ++i) {
    fits = a[i] == b[i] || a[i] == 1 || b[i] == 1;
    result[i] = std::max(a[i], b[i]);
  }
  if (!fits) {
    misfit(node, "matrices [N, {}] and [N, {}] cannot be multiplied", fmt::join(a, ", "),
           fmt::join(b, ", "));
  }
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

// A value times a matrix, as the Gemm without a bias that it is.
ImportedNodes by_matrix(const OnnxNode& node, const OnnxSource& source) {
  OnnxNode gemm = node;
  gemm.op_type = "Gemm";
  return op_named("linear").from_onnx(gemm, source);
}

// A matrix times a value is the transpose of the value's transpose times the matrix's.
ImportedNodes matrix_by(const OnnxNode& node, const OnnxLayout& layout, const Tensor& matrix) {
  const std::string &name = node.outputs.at(0), &input = node.inputs[1];
  const int64_t rows = axis_from_onnx(node, -2, layout), columns = axis_from_onnx(node, -1, layout);
  if (matrix.dim() != 2) refuse(node, "wanted a matrix as the constant");
  std::vector<int64_t> turn(layout.stored().size());
  std::iota(turn.begin(), turn.end(), 0);
  std::swap(turn[static_cast<size_t>(rows)], turn[static_cast<size_t>(columns)]);
  OnnxLayout result = layout;
  result.sizes[layout.rank() - 2] = matrix.size(0);
  const Attributes settings = {{"bias", int64_t{0}}, {"out_features", matrix.size(0)}};
  const Attributes order = {{"permutation", turn}};
  return {{{name + ".turned", "transpose", {input}, order}, {}},
          {{name + ".product", "linear", {name + ".turned"}, settings}, {matrix.contiguous()}},
          {{name, "transpose", {name + ".product"}, order}, {}, result}};
}

// The batch must lie before the matrices.
ImportedNodes from_onnx(const OnnxNode& node, const OnnxSource& source) {
  const Tensor* left = onnx_constant(node, 0, source);
  const Tensor* right = onnx_constant(node, 1, source);
  if (left != nullptr && right != nullptr) refuse(node, "both inputs are constants");
  if (right != nullptr) return by_matrix(node, source);
  if (left != nullptr) return matrix_by(node, onnx_layout(node, 1, source), *left);
  const OnnxLayout &a = onnx_layout(node, 0, source), &b = onnx_layout(node, 1, source);
  const bool fits = a.rank() == b.rank() && a.batch_axis == b.batch_axis && a.outer == b.outer &&
                    a.inner() == b.inner() && a.batch_axis + 2 < a.rank();
  if (!fits)
    refuse(node,
           fmt::format("wanted matrices behind the batch, got {} and {}", a.text(), b.text()));
  OnnxLayout result = a;
  for (size_t i = 0; i + 2 < a.rank(); ++i) result.sizes[i] = std::max(a.sizes[i], b.sizes[i]);
  result.sizes.back() = b.sizes.back();
  return {{{node.outputs.at(0), "matmul", node.inputs, {}}, {}, result}};
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
