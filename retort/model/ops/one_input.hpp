#pragma once

#include <fmt/format.h>

#include "retort/base/error.hpp"
#include "retort/model/ops.hpp"

namespace retort {

/// The shape of a node's only input. Throws Error (model) when it has none or several.
inline const Shape& only_input(const Node& node, const std::vector<Shape>& inputs) {
  if (inputs.size() == 1) return inputs.front();
  throw Error(ExitCode::model,
              fmt::format("{}: wanted 1 input, got {}", node_text(node), inputs.size()));
}

inline std::vector<ParameterSpec> no_parameters(const Node&, const std::vector<Shape>&) {
  return {};
}
inline int64_t no_macs(const Node&, const std::vector<Shape>&) {
  return 0;
}

/// Output shape of a map of single elements.
inline Shape same_shape(const Node& node, const std::vector<Shape>& inputs) {
  return only_input(node, inputs);
}

}  // namespace retort
