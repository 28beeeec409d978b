#pragma once

#include <fmt/format.h>

#include "retort/base/error.hpp"
#include "retort/model/ops.hpp"

namespace retort {

/// Throws Error (model) that names the node.
template <class... Words>
[[noreturn]] void misfit(const Node& node, fmt::format_string<Words...> text, Words&&... words) {
  throw Error(ExitCode::model, fmt::format("{}: {}", node_text(node),
                                           fmt::format(text, std::forward<Words>(words)...)));
}

/// The shape of a node's only input. Throws Error (model) when it has none or several.
inline const Shape& only_input(const Node& node, const Shapes& inputs) {
  if (inputs.size() != 1) misfit(node, "wanted 1 input, got {}", inputs.size());
  return inputs.front();
}

/// The same, which must be an image [C, H, W].
inline const Shape& only_image(const Node& node, const Shapes& inputs) {
  const Shape& input = only_input(node, inputs);
  if (input.size() != 3) {
    misfit(node, "wanted an image [N, C, H, W], got [N, {}]", fmt::join(input, ", "));
  }
  return input;
}

/// Output shape of a map of single elements.
inline Shape same_shape(const Node& node, const Shapes& inputs) {
  return only_input(node, inputs);
}

/// The attribute "axis", which does not count the batch.
inline size_t axis_of(const Node& node, const Shape& input) {
  const int64_t axis = integer(node, "axis");
  if (axis < 0 || axis >= static_cast<int64_t>(input.size())) {
    misfit(node, "wanted an axis below {}, got {}", input.size(), axis);
  }
  return static_cast<size_t>(axis);
}

/// A list of `count` integers, each from `least` on and small enough to be multiplied.
inline const std::vector<int64_t>& sizes_of(const Node& node, std::string_view attribute,
                                            size_t count, int64_t least) {
  constexpr int64_t most = 1 << 20;
  const std::vector<int64_t>& sizes = integers(node, attribute);
  bool fits = sizes.size() == count;
  for (const int64_t size : sizes) fits = fits && size >= least && size <= most;
  if (!fits) {
    misfit(node, "wanted {} numbers from {} on as '{}', got [{}]", count, least, attribute,
           fmt::join(sizes, ", "));
  }
  return sizes;
}

/// An integer from `least` to `most`.
inline int64_t integer_between(const Node& node, std::string_view attribute, int64_t least,
                               int64_t most) {
  const int64_t value = integer(node, attribute);
  if (value < least || value > most) {
    misfit(node, "wanted '{}' from {} to {}, got {}", attribute, least, most, value);
  }
  return value;
}

/// The attribute "epsilon" of a norm, which is added to a variance.
inline double epsilon_of(const Node& node) {
  const double epsilon = number(node, "epsilon");
  if (!(epsilon > 0 && epsilon < 1)) misfit(node, "wanted an epsilon in (0, 1), got {}", epsilon);
  return epsilon;
}

/// The weight's start as the node says it ("deviation": normal), or else as it is.
inline ParameterSpec with_start(const Node& node, ParameterSpec weight) {
  if (!node.attributes.contains("deviation")) return weight;
  weight.initial = Initial::normal;
  weight.deviation = number(node, "deviation");
  if (!(weight.deviation > 0 && weight.deviation < 1e3)) {
    misfit(node, "wanted a deviation in (0, 1000), got {}", weight.deviation);
  }
  return weight;
}

/// How far a batch moves the running mean and variance of a norm. ONNX and older files do not say.
inline double momentum_of(const Node& node) {
  if (!node.attributes.contains("momentum")) return 0.1;
  const double momentum = number(node, "momentum");
  if (!(momentum > 0 && momentum <= 1))
    misfit(node, "wanted a momentum in (0, 1], got {}", momentum);
  return momentum;
}

/// One node of ours for one of ONNX.
inline ImportedNodes imported(const OnnxNode& node, std::string_view op, Attributes attributes = {},
                              std::vector<Tensor> weights = {}) {
  if (!onnx_has(node, 0)) refuse(node, "input 0 is missing");
  return {{{node.outputs.at(0), std::string(op), {node.inputs[0]}, std::move(attributes)},
           std::move(weights)}};
}

}  // namespace retort
