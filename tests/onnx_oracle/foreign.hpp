#pragma once

// The headers of onnx come before LibTorch's.
#include <onnx/onnx_pb.h>

#include <ATen/ops/tensor.h>
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "retort/base/error.hpp"
#include "retort/model/network.hpp"
#include "retort/onnx/model_from_onnx.hpp"

/// ONNX models as other programs write them, made with protobuf.
namespace retort::foreign {

using Words = std::vector<std::string>;

// A file of somebody else: input x [N, 3], output y.
struct Foreign {
  explicit Foreign(int64_t opset = 17) {
    proto.set_ir_version(8);
    proto.set_producer_name("somebody");
    proto.add_opset_import()->set_version(opset);
    value(*graph().add_input(), "x", {-1, 3});
    value(*graph().add_output(), "y", {-1, 2});
    numbers("w", {3, 2}, {1, 4, 2, 5, 3, 6});
    numbers("b", {2}, {10, 20});
  }

  onnx::GraphProto& graph() { return *proto.mutable_graph(); }

  static void value(onnx::ValueInfoProto& info, const std::string& name, const Shape& shape) {
    info.set_name(name);
    auto& type = *info.mutable_type()->mutable_tensor_type();
    type.set_elem_type(onnx::TensorProto::FLOAT);
    type.mutable_shape()->clear_dim();
    for (const int64_t size : shape) {
      auto& dim = *type.mutable_shape()->add_dim();
      size < 0 ? dim.set_dim_param("batch") : dim.set_dim_value(size);
    }
  }

  onnx::TensorProto& numbers(const std::string& name, const Shape& shape,
                             const std::vector<float>& values) {
    onnx::TensorProto& tensor = *graph().add_initializer();
    tensor.set_name(name);
    tensor.set_data_type(onnx::TensorProto::FLOAT);
    for (const int64_t size : shape) tensor.add_dims(size);
    for (const float number : values) tensor.add_float_data(number);
    return tensor;
  }

  onnx::NodeProto& node(const std::string& op, const Words& inputs, const Words& outputs,
                        const std::string& name = "") {
    onnx::NodeProto& added = *graph().add_node();
    added.set_op_type(op);
    added.set_name(name);
    for (const std::string& input : inputs) added.add_input(input);
    for (const std::string& output : outputs) added.add_output(output);
    return added;
  }

  Foreign& set(const std::string& name, int64_t number) {
    onnx::AttributeProto& attribute =
        *graph().mutable_node(graph().node_size() - 1)->add_attribute();
    attribute.set_name(name);
    attribute.set_type(onnx::AttributeProto::INT);
    attribute.set_i(number);
    return *this;
  }

  // The answers to [1, 2, 3] and [-1, 0, 1].
  std::vector<float> answers() const {
    const Model model = model_from_onnx(proto, {});
    const std::string& output = model.graph.output();
    const Tensor inputs = at::tensor({1.F, 2.F, 3.F, -1.F, 0.F, 1.F}).reshape({2, 3});
    const Tensor values = Network(model).forward(inputs, {output}).at(output).contiguous();
    return {values.data_ptr<float>(), values.data_ptr<float>() + values.numel()};
  }

  std::string refusal() const {
    try {
      model_from_onnx(proto, {});
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::model);
      EXPECT_THAT(error.what(), testing::Not(testing::HasSubstr("\n")));
      return error.what();
    }
    return "accepted";
  }

  onnx::ModelProto proto;
};

inline Foreign gemm() {
  Foreign file;
  file.node("Gemm", {"x", "w", "b"}, {"y"});
  return file;
}

}  // namespace retort::foreign
