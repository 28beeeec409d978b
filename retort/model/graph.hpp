#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "retort/tensor/shape.hpp"

namespace retort {

/// A setting of a node: `out_features = 10`, `probability = 0.3`, `mode = "nearest"`.
using Attribute =
    std::variant<int64_t, double, std::string, std::vector<int64_t>, std::vector<double>>;
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

/// A square convolution, as the tables of papers write it.
struct Conv {
  int64_t out_channels;
  int64_t kernel = 1;
  int64_t stride = 1;
  int64_t padding = 0;
  int64_t dilation = 1;
  int64_t groups = 1;
  bool bias = false;
  double deviation = 0;  // of fresh weights; 0: as Initial::fan_out says
};

/// A square pooling window; what lies in the padding counts as zeros in a mean.
struct Pool {
  int64_t kernel;
  int64_t stride;
  int64_t padding = 0;
  bool ceil_mode = false;
};

/// A model as an ordered list of named nodes. Shapes, cost, ONNX and folding are walks of this
/// list. What a model needs to be used travels with it: input shape, class names, normalisation.
class Graph {
 public:
  static constexpr std::string_view input_name = "input";
  static constexpr std::string_view output_name = "logits";  // the last node's, whatever its own

  Graph() = default;
  /// `input_shape` is [C, H, W] or [features], without the batch dimension.
  explicit Graph(Shape input_shape);

  /// Appends a node and returns its name. Throws Error (model) when the name is taken or empty, the
  /// op or an input is unknown, or the shapes do not fit.
  std::string add(Node node);

  /// The same for an op with one input and these settings.
  std::string add(std::string_view op, std::string_view name, std::string_view input,
                  Attributes attributes = {});

  // The builder; `name` names the node and its output.
  std::string flatten(std::string_view name, std::string_view input);
  std::string linear(std::string_view name, std::string_view input, int64_t out_features,
                     bool bias = true, double deviation = 0);  // of fresh weights; 0: by fan_in
  std::string relu(std::string_view name, std::string_view input);
  std::string dropout(std::string_view name, std::string_view input, double probability);
  std::string conv(std::string_view name, std::string_view input, const Conv& conv);
  std::string batch_norm(std::string_view name, std::string_view input, double epsilon = 1e-5,
                         double momentum = 0.1);
  std::string max_pool(std::string_view name, std::string_view input, const Pool& pool);
  std::string average_pool(std::string_view name, std::string_view input, const Pool& pool);
  std::string layer_norm(std::string_view name, std::string_view input, double epsilon = 1e-5);
  std::string slice(std::string_view name, std::string_view input, int64_t axis, int64_t start,
                    int64_t end);
  std::string concat(std::string_view name, std::vector<std::string> inputs, int64_t axis = 0);
  std::string sum(std::string_view name, std::string_view left, std::string_view right);
  std::string product(std::string_view name, std::string_view left, std::string_view right);

  const Shape& input_shape() const { return input_shape_; }
  const std::vector<Node>& nodes() const { return nodes_; }
  /// The last node: the answer of the model, logits [N, classes].
  const std::string& output() const;
  /// Shape of a node's output (or of the input) without the batch dimension; a miss lists the
  /// names.
  const Shape& shape(std::string_view name) const;
  bool contains(std::string_view name) const { return positions_.contains(name); }
  /// Another name for a node, as the file has it that it came from; a name that is taken stays.
  void add_alias(const std::string& alias, std::string_view node);
  /// Place of a node in nodes(); a miss lists the names.
  size_t position(std::string_view name) const;
  /// Shapes of a node's inputs, in order.
  std::vector<Shape> input_shapes(const Node& node) const;
  /// The value that the last linear map or convolution reads, from whose output alone the logits
  /// come; empty where there is none such.
  std::string features() const;
  /// Input and nodes, in order: what can be tapped.
  std::vector<std::string> names() const;

  std::vector<std::string> classes;
  Normalisation normalisation;

 private:
  Shape input_shape_;
  std::vector<Node> nodes_;
  std::vector<Shape> shapes_;                             // beside nodes_
  std::map<std::string, size_t, std::less<>> positions_;  // name -> place in nodes_
  std::map<std::string, size_t, std::less<>> aliases_;    // likewise
};

/// Throws Error (model) unless the normalisation is empty or has one mean and one deviation above 0
/// for every channel of the input.
void check_normalisation(const Graph& graph);

/// What a graph costs for one sample: numbers that are trained, multiply-accumulates of its linear
/// maps (most_count at most).
struct Cost {
  int64_t parameters = 0;
  int64_t macs = 0;
};
Cost cost(const Graph& graph);

/// What a fresh weight is.
enum class Initial {
  zero,
  one,
  fan_in,   // normal, variance 1 / fan (LeCun et al. 1998) or, where a relu reads it, 2 / fan
  fan_out,  // normal, variance 2 / fan (He et al. 2015, backward)
  normal,   // with the deviation that is said
};

/// One weight of a node or, with the name "node.weight", of a graph. A weight that is not trained
/// is a buffer: forward passes of a training change it (running means), the optimiser does not.
struct ParameterSpec {
  std::string name;
  Shape shape;
  Initial initial = Initial::zero;
  int64_t fan = 0;       // terms that one output (fan_in) or one input (fan_out) has to do with
  double deviation = 0;  // of `normal`
  bool decays = false;   // weight decay touches it: weights yes, biases and norms no
  bool trained = true;
};

/// Every weight that the graph needs, in order of the nodes, named "node.weight".
std::vector<ParameterSpec> parameters(const Graph& graph);

}  // namespace retort
