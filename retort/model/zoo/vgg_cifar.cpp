#include "retort/model/zoo/vgg_cifar.hpp"

#include <fmt/format.h>

#include "retort/model/zoo/blocks.hpp"

namespace retort {

Graph build_cifar_vgg(const CifarVgg& network, const Shape& input, int64_t classes) {
  constexpr int64_t widths[] = {64, 128, 256, 512, 512};
  Graph graph(input);
  std::string x = "input";
  for (int block = 0; block < 5; ++block) {
    const int64_t convolutions = network.convolutions[block];
    for (int64_t i = 0; i < convolutions; ++i) {
      const auto layer = [&](int64_t number) { return fmt::format("block{}.{}", block, number); };
      x = conv_norm(graph, layer(3 * i), layer(3 * i + 1), x,
                    {.out_channels = widths[block], .kernel = 3, .padding = 1, .bias = true});
      const bool last = i + 1 == convolutions;
      x = graph.relu(last ? fmt::format("relu{}", block) : layer(3 * i + 2), x);
    }
    // 32 px are halved three times, 64 px four times.
    const bool halves = block < 3 || (block == 3 && graph.shape("input")[1] >= 64);
    if (halves) x = graph.max_pool(fmt::format("pool{}", block), x, {.kernel = 2, .stride = 2});
  }
  classify(graph, "classifier", x, classes, /*deviation=*/0.01);
  return graph;
}

}  // namespace retort
