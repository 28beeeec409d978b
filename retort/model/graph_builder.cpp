#include "retort/model/graph.hpp"

// The builder methods of Graph: an op's settings in the words of papers.
namespace retort {
namespace {

Attributes window(int64_t kernel, int64_t stride, int64_t padding, int64_t dilation) {
  using List = std::vector<int64_t>;
  return {{"kernel", List{kernel, kernel}},
          {"stride", List{stride, stride}},
          {"padding", List(4, padding)},
          {"dilation", List{dilation, dilation}}};
}

Attributes window(const Pool& pool) {
  Attributes attributes = window(pool.kernel, pool.stride, pool.padding, 1);
  attributes["ceil_mode"] = int64_t{pool.ceil_mode};
  return attributes;
}

}  // namespace

std::string Graph::add(std::string_view op, std::string_view name, std::string_view input,
                       Attributes attributes) {
  return add({std::string(name), std::string(op), {std::string(input)}, std::move(attributes)});
}

std::string Graph::flatten(std::string_view name, std::string_view input) {
  return add("flatten", name, input);
}

std::string Graph::linear(std::string_view name, std::string_view input, int64_t out_features,
                          bool bias, double deviation) {
  Attributes attributes = {{"bias", int64_t{bias}}, {"out_features", out_features}};
  if (deviation > 0) attributes["deviation"] = deviation;
  return add("linear", name, input, attributes);
}

std::string Graph::relu(std::string_view name, std::string_view input) {
  return add("relu", name, input);
}

std::string Graph::dropout(std::string_view name, std::string_view input, double probability) {
  return add("dropout", name, input, {{"probability", probability}});
}

std::string Graph::conv(std::string_view name, std::string_view input, const Conv& conv) {
  Attributes attributes = window(conv.kernel, conv.stride, conv.padding, conv.dilation);
  attributes["out_channels"] = conv.out_channels;
  attributes["groups"] = conv.groups;
  attributes["bias"] = int64_t{conv.bias};
  if (conv.deviation > 0) attributes["deviation"] = conv.deviation;
  return add("conv", name, input, attributes);
}

std::string Graph::batch_norm(std::string_view name, std::string_view input, double epsilon,
                              double momentum) {
  return add("batch_norm", name, input, {{"epsilon", epsilon}, {"momentum", momentum}});
}

std::string Graph::max_pool(std::string_view name, std::string_view input, const Pool& pool) {
  return add("max_pool", name, input, window(pool));
}

std::string Graph::average_pool(std::string_view name, std::string_view input, const Pool& pool) {
  Attributes attributes = window(pool);
  attributes["count_include_pad"] = int64_t{1};
  return add("average_pool", name, input, attributes);
}

std::string Graph::layer_norm(std::string_view name, std::string_view input, double epsilon) {
  return add("layer_norm", name, input, {{"dimensions", int64_t{1}}, {"epsilon", epsilon}});
}

std::string Graph::slice(std::string_view name, std::string_view input, int64_t axis, int64_t start,
                         int64_t end) {
  return add("slice", name, input,
             {{"axis", axis}, {"start", start}, {"end", end}, {"step", int64_t{1}}});
}

std::string Graph::concat(std::string_view name, std::vector<std::string> inputs, int64_t axis) {
  return add({std::string(name), "concat", std::move(inputs), {{"axis", axis}}});
}

std::string Graph::sum(std::string_view name, std::string_view left, std::string_view right) {
  return add({std::string(name), "add", {std::string(left), std::string(right)}, {}});
}

std::string Graph::product(std::string_view name, std::string_view left, std::string_view right) {
  return add({std::string(name), "multiply", {std::string(left), std::string(right)}, {}});
}

}  // namespace retort
