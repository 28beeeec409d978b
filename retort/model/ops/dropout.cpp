#include <ATen/ops/empty.h>
#include <ATen/ops/mul.h>

#include <cmath>

#include "retort/model/ops/inputs.hpp"

namespace retort {
namespace {

// 32 random bits of element i: SplitMix64's finaliser over a counter, so that the mask does not
// depend on the number of threads and the loop is vectorised.
uint32_t random_bits(uint64_t key, uint64_t i) {
  uint64_t z = key + i * 0x9e3779b97f4a7c15ULL;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return static_cast<uint32_t>(z >> 32);
}

// 1 / (1 - p) where the element is kept, 0 where it is dropped.
Tensor mask_like(const Tensor& input, double probability, RandomKey key) {
  Tensor mask = at::empty(input.sizes(), input.options().dtype(at::kFloat).device(at::kCPU));
  float* values = mask.data_ptr<float>();
  const auto count = static_cast<uint64_t>(mask.numel());
  const auto threshold = static_cast<uint32_t>(std::floor(probability * 0x1.0p32));
  const auto kept = static_cast<float>(1.0 / (1.0 - probability));
  const uint64_t base = key.value();
  for (uint64_t i = 0; i < count; ++i) values[i] = random_bits(base, i) < threshold ? 0.0F : kept;
  return mask.to(input.options());
}

Shape shape(const Node& node, const Shapes& inputs) {
  const double probability = number(node, "probability");
  if (!(probability >= 0 && probability < 1)) {
    misfit(node, "wanted a probability in [0, 1), got {}", probability);
  }
  return only_input(node, inputs);
}

Tensor forward(const Node& node, std::span<const Tensor> inputs, std::span<const Tensor>,
               const PassMode& mode, uint64_t node_index) {
  const double probability = number(node, "probability");
  if (!mode.training || probability == 0) return inputs[0];
  return at::mul(inputs[0], mask_like(inputs[0], probability, mode.key.with(node_index)));
}

// Up to opset 11 the ratio is an attribute, from 12 on an optional input; 0.5 where neither is
// there.
ImportedNodes from_onnx(const OnnxNode& node, const OnnxSource& source) {
  if (onnx_number_or_input(node, "training_mode", 2, 0.0, source) != 0) {
    refuse(node, "it drops at inference too (training_mode)");
  }
  return imported(node, "dropout",
                  {{"probability", onnx_number_or_input(node, "ratio", 1, 0.5, source)}});
}

}  // namespace

Op dropout_op() {
  return {.name = "dropout",
          .help = "in training sets elements to 0 with a probability and scales up the rest",
          .shape = shape,
          .forward = forward,
          .onnx_types = {"Dropout"},
          .from_onnx = from_onnx};
}

}  // namespace retort
