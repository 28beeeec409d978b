#pragma once

#include <string>
#include <variant>
#include <vector>

#include "retort/config/field.hpp"
#include "retort/model/zoo/mlp.hpp"

namespace retort {

/// The table of networks that can be asked for by name; each has its file in zoo/.
using ZooNetwork = std::variant<Mlp>;

/// Mean and deviation of every channel: what the network sees is (pixel - mean) / deviation.
struct NormaliseSettings {
  std::vector<double> mean;
  std::vector<double> deviation;
  void describe(FieldVisitor& visitor);
};

/// A network of an experiment: `model = { kind = "mlp", widths = [300, 300] }`.
struct ModelSettings {
  ZooNetwork network;
  NormaliseSettings normalise;
  void describe(FieldVisitor& visitor);
};

/// The graph for images of this shape and these classes. Throws Error (model) that says what does
/// not fit.
Graph build_graph(const ModelSettings& settings, const Shape& input,
                  const std::vector<std::string>& classes);

}  // namespace retort
