#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "retort/config/field.hpp"
#include "retort/model/graph.hpp"

namespace retort {

/// Linear layers of the given widths with relu between them, then one to the classes. Nodes:
/// flatten, [dropout0,] fc1, relu1, [dropout1,] ..., logits.
struct Mlp {
  static constexpr std::string_view kind = "mlp";
  static constexpr std::string_view help = "linear layers with relu between them";
  std::vector<int64_t> widths;
  std::vector<double> dropout;
  void describe(FieldVisitor& visitor);
  /// Throws Error (model) when the list of dropouts does not fit the widths.
  Graph build(const Shape& input, int64_t classes) const;
};

}  // namespace retort
