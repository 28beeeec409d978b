#include "retort/model/zoo/mlp.hpp"

#include <fmt/format.h>

#include "retort/base/error.hpp"

namespace retort {

void Mlp::describe(FieldVisitor& visitor) {
  visitor.visit({.name = "widths",
                 .help = "units of every hidden layer; none: one linear map",
                 .range = Range::between(1, 1 << 20)},
                widths);
  visitor.visit({.name = "dropout",
                 .help = "share of values dropped in training: one number for the input and one "
                         "after each hidden layer; none: no dropout",
                 .range = Range::between(0, 0.99)},
                dropout);
}

Graph Mlp::build(const Shape& input, int64_t classes) const {
  if (!dropout.empty() && dropout.size() != widths.size() + 1) {
    throw Error(ExitCode::model,
                fmt::format("dropout: wanted {} numbers (the input and {} hidden layers), got {}",
                            widths.size() + 1, widths.size(), dropout.size()));
  }
  Graph graph(input);
  std::string last = graph.flatten("flatten", Graph::input_name);
  const auto drop = [&](size_t layer) {
    if (dropout.empty() || dropout[layer] == 0) return;
    last = graph.dropout(fmt::format("dropout{}", layer), last, dropout[layer]);
  };
  drop(0);
  for (size_t layer = 1; layer <= widths.size(); ++layer) {
    last = graph.linear(fmt::format("fc{}", layer), last, widths[layer - 1]);
    last = graph.relu(fmt::format("relu{}", layer), last);
    drop(layer);
  }
  graph.linear("logits", last, classes);
  return graph;
}

}  // namespace retort
