#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "retort/tensor/shape.hpp"

namespace retort {

/// A setting of a node: `out_features = 10`, `probability = 0.3`.
using Attribute = std::variant<int64_t, double, std::vector<int64_t>>;
using Attributes = std::map<std::string, Attribute, std::less<>>;

/// One step of a model. Its name is also the name of its output, so every node is a tap.
struct Node {
  std::string name;
  std::string op;                   // a row of ops()
  std::vector<std::string> inputs;  // names of earlier nodes, or Graph::input_name
  Attributes attributes;
};

/// What a network expects of pixels in [0, 1]: (pixel - mean) / deviation per channel.
/// Empty lists mean: pixels as they are.
struct Normalisation {
  std::vector<double> mean;
  std::vector<double> deviation;
  bool operator==(const Normalisation&) const = default;
};

/// A model as an ordered list of named nodes. Shapes, cost, ONNX and folding are walks of this
/// list. What a model needs to be used travels with it: input shape, class names, normalisation.
class Graph {
 public:
  static constexpr std::string_view input_name = "input";

  Graph() = default;
  /// `input_shape` is [C, H, W] or [features], without the batch dimension.
  explicit Graph(Shape input_shape);

  /// Appends a node and returns its name. Throws Error (model) when the name is taken or empty, the
  /// op or an input is unknown, or the shapes do not fit.
  std::string add(Node node);

  // The builder: one method per op; `name` names the node and its output.
  std::string flatten(std::string_view name, std::string_view input);
  std::string linear(std::string_view name, std::string_view input, int64_t out_features,
                     bool bias = true);
  std::string relu(std::string_view name, std::string_view input);
  std::string dropout(std::string_view name, std::string_view input, double probability);

  const Shape& input_shape() const { return input_shape_; }
  const std::vector<Node>& nodes() const { return nodes_; }
  /// The last node: the answer of the model, logits [N, classes].
  const std::string& output() const;
  /// Shape of a node's output (or of the input) without the batch dimension; a miss lists the
  /// names.
  const Shape& shape(std::string_view name) const;
  /// Shapes of a node's inputs, in order.
  std::vector<Shape> input_shapes(const Node& node) const;
  /// Input and nodes, in order: what can be tapped.
  std::vector<std::string> names() const;

  std::vector<std::string> classes;
  Normalisation normalisation;

 private:
  Shape input_shape_;
  std::vector<Node> nodes_;
  std::vector<Shape> shapes_;  // beside nodes_
};

/// Throws Error (model) unless the normalisation is empty or has one mean and one deviation above 0
/// for every channel of the input.
void check_normalisation(const Graph& graph);

/// What a graph costs for one sample: numbers that are trained, multiply-accumulates of its linear
/// maps.
struct Cost {
  int64_t parameters = 0;
  int64_t macs = 0;
};
Cost cost(const Graph& graph);

/// One weight of a node or, with the name "node.weight", of a graph.
struct ParameterSpec {
  std::string name;
  Shape shape;
  int64_t fan_in;  // how many inputs one output sums over; 0: the weight starts at zero (biases)
  bool decays;     // weight decay touches it: weights yes, biases no
};

/// Every weight that the graph needs, in order of the nodes, named "node.weight".
std::vector<ParameterSpec> parameters(const Graph& graph);

}  // namespace retort
