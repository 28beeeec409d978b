#include "retort/model/ops.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "retort/base/error.hpp"

namespace retort {

// Each stands in ops/, the like ones together.
Op flatten_op();
Op linear_op();
Op relu_op();
Op dropout_op();
Op conv_op();
Op conv_transposed_op();
Op batch_norm_op();
Op max_pool_op();
Op average_pool_op();
Op global_average_pool_op();
Op adaptive_average_pool_op();
Op add_op();
Op multiply_op();
Op concat_op();
Op scale_op();
Op offset_op();
Op gain_op();
Op relu6_op();
Op leaky_relu_op();
Op sigmoid_op();
Op hard_sigmoid_op();
Op hard_swish_op();
Op silu_op();
Op gelu_op();
Op tanh_op();
Op erf_op();
Op softmax_op();
Op layer_norm_op();
Op group_norm_op();
Op matmul_op();
Op reshape_op();
Op transpose_op();
Op slice_op();
Op pad_op();
Op resize_op();
Op channel_shuffle_op();
Op tokens_op();
Op mean_op();
Op clip_op();
Op elu_op();
Op softplus_op();
Op prelu_op();
Op power_op();
Op exp_op();
Op log_op();
Op local_response_norm_op();
Op expand_op();

const std::vector<Op>& ops() {
  static const std::vector<Op> table = {flatten_op(),
                                        linear_op(),
                                        relu_op(),
                                        dropout_op(),
                                        conv_op(),
                                        conv_transposed_op(),
                                        batch_norm_op(),
                                        max_pool_op(),
                                        average_pool_op(),
                                        global_average_pool_op(),
                                        adaptive_average_pool_op(),
                                        add_op(),
                                        multiply_op(),
                                        concat_op(),
                                        scale_op(),
                                        offset_op(),
                                        gain_op(),
                                        relu6_op(),
                                        leaky_relu_op(),
                                        sigmoid_op(),
                                        hard_sigmoid_op(),
                                        hard_swish_op(),
                                        silu_op(),
                                        gelu_op(),
                                        tanh_op(),
                                        erf_op(),
                                        softmax_op(),
                                        layer_norm_op(),
                                        group_norm_op(),
                                        matmul_op(),
                                        reshape_op(),
                                        transpose_op(),
                                        slice_op(),
                                        pad_op(),
                                        resize_op(),
                                        channel_shuffle_op(),
                                        tokens_op(),
                                        mean_op(),
                                        clip_op(),
                                        elu_op(),
                                        softplus_op(),
                                        prelu_op(),
                                        power_op(),
                                        exp_op(),
                                        log_op(),
                                        local_response_norm_op(),
                                        expand_op()};
  return table;
}

std::vector<ParameterSpec> no_parameters(const Node&, const Shapes&) {
  return {};
}

int64_t no_macs(const Node&, const Shapes&) {
  return 0;
}

const Op& op_named(std::string_view name) {
  std::vector<std::string> names;
  for (const Op& op : ops()) {
    if (op.name == name) return op;
    names.emplace_back(op.name);
  }
  throw Error(ExitCode::model,
              fmt::format("no kind of node '{}'{}", printable(name), suggest(name, names)));
}

namespace {

const Attribute& attribute_of(const Node& node, std::string_view name) {
  const auto found = node.attributes.find(name);
  if (found != node.attributes.end()) return found->second;
  throw Error(ExitCode::model, fmt::format("{}: '{}' is missing", node_text(node), name));
}

}  // namespace

int64_t integer(const Node& node, std::string_view attribute) {
  if (const int64_t* value = std::get_if<int64_t>(&attribute_of(node, attribute))) return *value;
  throw Error(ExitCode::model, fmt::format("{}: '{}' is no integer", node_text(node), attribute));
}

double number(const Node& node, std::string_view attribute) {
  const Attribute& value = attribute_of(node, attribute);
  if (const double* real = std::get_if<double>(&value)) return *real;
  if (const int64_t* whole = std::get_if<int64_t>(&value)) return static_cast<double>(*whole);
  throw Error(ExitCode::model, fmt::format("{}: '{}' is no number", node_text(node), attribute));
}

const std::string& text(const Node& node, std::string_view attribute) {
  if (const auto* value = std::get_if<std::string>(&attribute_of(node, attribute))) return *value;
  throw Error(ExitCode::model, fmt::format("{}: '{}' is no text", node_text(node), attribute));
}

const std::vector<int64_t>& integers(const Node& node, std::string_view attribute) {
  using List = std::vector<int64_t>;
  if (const auto* value = std::get_if<List>(&attribute_of(node, attribute))) return *value;
  throw Error(ExitCode::model,
              fmt::format("{}: '{}' is no list of integers", node_text(node), attribute));
}

std::string node_text(const Node& node) {
  return fmt::format("node '{}' ({})", printable(node.name), printable(node.op));
}

}  // namespace retort
