#include "retort/model/logits.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "retort/base/error.hpp"

namespace retort {

std::string not_logits(const Graph& graph) {
  const auto is_one_of = [](const std::string& op, std::initializer_list<std::string_view> list) {
    return std::find(list.begin(), list.end(), op) != list.end();
  };
  std::string name = graph.output();
  while (name != Graph::input_name) {
    const Node& node = graph.nodes()[graph.position(name)];
    if (is_one_of(node.op, {"sigmoid", "hard_sigmoid", "softmax"})) {
      return fmt::format(
          "its answers are not logits but what '{}', a {}, says: a temperature means something "
          "else "
          "for them; export the model without it",
          printable(node.name), node.op);
    }
    if (!is_one_of(node.op, {"clip", "scale", "flatten", "reshape", "power", "transpose"})) break;
    name = node.inputs.at(0);
  }
  return "";
}

}  // namespace retort
