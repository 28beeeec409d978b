#include "retort/model/zoo/lenet.hpp"

namespace retort {

Graph build_lenet5(const Shape& input, int64_t classes) {
  constexpr Pool halves{.kernel = 2, .stride = 2};
  Graph graph(input);
  std::string x =
      graph.conv("conv1", "input", {.out_channels = 6, .kernel = 5, .padding = 2, .bias = true});
  x = graph.average_pool("pool1", graph.add("tanh", "tanh1", x), halves);
  x = graph.conv("conv2", x, {.out_channels = 16, .kernel = 5, .bias = true});
  x = graph.average_pool("pool2", graph.add("tanh", "tanh2", x), halves);
  x = graph.linear("fc3", graph.flatten("flatten", x), 120);
  x = graph.linear("fc4", graph.add("tanh", "tanh3", x), 84);
  graph.linear("logits", graph.add("tanh", "tanh4", x), classes);
  return graph;
}

}  // namespace retort
