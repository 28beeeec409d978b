// A project of somebody else: makes a small model, writes it, reads it back and runs it.
#include <ATen/ops/zeros.h>

#include <iostream>

#include "retort/base/error.hpp"
#include "retort/model/model_file.hpp"
#include "retort/model/network.hpp"

int main(int argument_count, char** arguments) try {
  if (argument_count != 2) {
    std::cerr << "usage: stranger MODEL\n";
    return 2;
  }
  retort::Graph graph({1, 28, 28});
  graph.flatten("flat", graph.input_name);
  graph.linear("hidden", "flat", 5);
  graph.relu("hidden_relu", "hidden");
  graph.linear("logits", "hidden_relu", 2);
  graph.classes = {"even", "odd"};
  retort::save_model(arguments[1], {graph, retort::initial_weights(graph, 1)});

  const retort::Network network(retort::load_model(arguments[1]));
  const auto outputs = network.forward(at::zeros({3, 1, 28, 28}), {"logits"});
  std::cout << "logits " << outputs.at("logits").sizes() << ", "
            << retort::cost(network.graph()).parameters << " parameters\n";
  return outputs.at("logits").size(0) == 3 ? 0 : 1;
} catch (const retort::Error& error) {
  std::cerr << error.what() << '\n';
  return static_cast<int>(error.code());
}
