#pragma once

#include <cstdint>
#include <string_view>

#include "retort/config/field.hpp"
#include "retort/model/graph.hpp"

namespace retort {

/// A network as it was published: a name stands for all of its settings.
struct Published {
  std::string_view kind;
  std::string_view help;
  Graph (*build)(const Shape& input, int64_t classes);
};

/// The row as one kind of network.
template <const Published& row>
struct PublishedNetwork {
  static constexpr std::string_view kind = row.kind;
  static constexpr std::string_view help = row.help;
  void describe(FieldVisitor&) {}
  /// Throws Error (model) when the input is no image, or too small a one.
  Graph build(const Shape& input, int64_t classes) const { return row.build(input, classes); }
};

}  // namespace retort
