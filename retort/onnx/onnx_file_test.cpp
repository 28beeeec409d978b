#include <onnx/onnx_pb.h>
// The headers of onnx come before LibTorch's.
#include "retort/onnx/onnx_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "retort/model/network.hpp"
#include "tests/golden/golden.hpp"

namespace retort {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Model with_weights(const Graph& graph) {
  return {graph, initial_weights(graph, 7)};
}

// Names that clash in ONNX's one space of names: a node like the output, one like a weight.
Model awkward_model() {
  Graph graph({2, 3, 4});
  graph.flatten("flatten", "input");
  graph.dropout("drop0", "flatten", 0.2);
  graph.linear("logits", "drop0", 8);
  graph.relu("head.weight", "logits");
  graph.dropout("drop1", "head.weight", 0.5);
  graph.dropout("drop2", "drop1", 0.5);
  graph.linear("head", "drop2", 5, false);
  graph.classes = {"a", "b \"quoted\"", "", "\xe2\x82\xac", "e"};
  graph.normalisation = {{0.1307, 0.5}, {0.3081, 1.0 / 3}};
  return with_weights(graph);
}

Model plain_model() {
  Graph graph({6});
  graph.linear("fc1", "input", 4);
  graph.relu("relu1", "fc1");
  graph.linear("fc2", "relu1", 3, false);
  return with_weights(graph);
}

Tensor inputs_of(const Model& model, int64_t batch) {
  Shape shape = {batch};
  for (const int64_t size : model.graph.input_shape()) shape.push_back(size);
  return golden::pattern(3, shape, 0, 1).to(at::kFloat);
}

Tensor answer(const Model& model, int64_t batch) {
  const std::string& output = model.graph.output();
  return Network(model).forward(inputs_of(model, batch), {output}).at(output);
}

class OnnxFile : public testing::Test {
 protected:
  OnnxFile() {
    std::string folder = (std::filesystem::temp_directory_path() / "retort.XXXXXX").string();
    folder_ = ::mkdtemp(folder.data());
    path_ = folder_ / "x.onnx";
  }
  ~OnnxFile() override { std::filesystem::remove_all(folder_); }

  std::string bytes() const { return read_file(path_, ExitCode::unexpected); }

  onnx::ModelProto proto() const {
    onnx::ModelProto result;
    EXPECT_TRUE(result.ParseFromString(bytes()));
    return result;
  }

  std::string refusal() const {
    try {
      read_onnx(path_);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::model);
      EXPECT_THAT(error.what(), testing::StartsWith(path_.string() + ": "));
      EXPECT_THAT(error.what(), testing::Not(HasSubstr("\n")));
      return error.what();
    }
    return "accepted";
  }

  std::string refusal_of(std::string_view content) {
    write_file(path_, content);
    return refusal();
  }

  Path folder_;
  Path path_;
};

TEST_F(OnnxFile, BringsBackGraphWeightsAndMetadata) {
  const Model model = plain_model();
  write_onnx(path_, model);
  const Model back = read_onnx(path_);
  ASSERT_EQ(back.graph.names(), model.graph.names());
  for (size_t i = 0; i < model.graph.nodes().size(); ++i) {
    EXPECT_EQ(back.graph.nodes()[i].op, model.graph.nodes()[i].op);
    EXPECT_EQ(back.graph.nodes()[i].inputs, model.graph.nodes()[i].inputs);
    EXPECT_EQ(back.graph.nodes()[i].attributes, model.graph.nodes()[i].attributes);
  }
  EXPECT_EQ(back.weights.names(), model.weights.names());
  for (const auto& [name, weight] : model.weights) {
    EXPECT_TRUE(back.weights.at(name).equal(weight)) << name;
  }
  EXPECT_TRUE(back.graph.classes.empty());
  EXPECT_EQ(back.graph.normalisation, Normalisation{});
}

TEST_F(OnnxFile, LeavesDropoutOutAndKeepsAwkwardNames) {
  const Model model = awkward_model();
  write_onnx(path_, model);
  const Model back = read_onnx(path_);
  EXPECT_THAT(back.graph.names(),
              ElementsAre("input", "flatten", "logits", "head.weight_2", "head"));
  EXPECT_EQ(back.graph.classes, model.graph.classes);
  EXPECT_EQ(back.graph.normalisation, model.graph.normalisation);
  EXPECT_EQ(back.graph.input_shape(), model.graph.input_shape());
  for (const int64_t batch : {1, 7}) {
    EXPECT_LT(golden::largest_difference(answer(back, batch), answer(model, batch)), 1e-6);
  }
}

TEST_F(OnnxFile, SaysWhatTheFormatAsksFor) {
  write_onnx(path_, awkward_model(), {{"run", "7"}, {"retort.classes", "false"}});
  const onnx::ModelProto proto = this->proto();
  EXPECT_EQ(proto.ir_version(), 8);
  ASSERT_EQ(proto.opset_import_size(), 1);
  EXPECT_EQ(proto.opset_import(0).version(), 17);
  EXPECT_EQ(proto.producer_name(), "retort");
  const onnx::GraphProto& graph = proto.graph();
  ASSERT_EQ(graph.input_size(), 1);
  EXPECT_EQ(graph.input(0).name(), "input");
  const auto& shape = graph.input(0).type().tensor_type().shape();
  ASSERT_EQ(shape.dim_size(), 4);
  EXPECT_EQ(shape.dim(0).dim_param(), "N");
  EXPECT_EQ(shape.dim(3).dim_value(), 4);
  ASSERT_EQ(graph.output_size(), 1);
  EXPECT_EQ(graph.output(0).name(), "logits");
  EXPECT_EQ(graph.output(0).type().tensor_type().shape().dim(1).dim_value(), 5);
  std::vector<std::string> types, names, keys;
  for (const auto& node : graph.node()) types.push_back(node.op_type());
  for (const auto& node : graph.node()) names.push_back(node.name());
  EXPECT_THAT(types, ElementsAre("Flatten", "Gemm", "Relu", "Gemm"));
  EXPECT_THAT(names, ElementsAre("flatten", "logits", "head.weight", "head"));
  for (const auto& entry : proto.metadata_props()) keys.push_back(entry.key());
  EXPECT_THAT(keys,
              ElementsAre("run", "retort.classes", "retort.input_shape", "retort.normalisation"));
  EXPECT_EQ(proto.metadata_props(0).value(), "7");
  EXPECT_EQ(proto.metadata_props(2).value(), "[2,3,4]");
  EXPECT_TRUE(graph.initializer(0).has_raw_data());
}

TEST_F(OnnxFile, TheSameModelGivesTheSameBytes) {
  write_onnx(path_, awkward_model(), {{"b", "1"}, {"a", "2"}});
  const std::string first = bytes();
  write_onnx(path_, awkward_model(), {{"a", "2"}, {"b", "1"}});
  EXPECT_EQ(bytes(), first);
}

TEST_F(OnnxFile, AModelOfDropoutsPassesItsInputOn) {
  Graph graph({4});
  graph.dropout("a", "input", 0.5);
  graph.dropout("b", "a", 0.5);
  write_onnx(path_, {graph, {}});
  ASSERT_EQ(proto().graph().node_size(), 1);
  EXPECT_EQ(proto().graph().node(0).op_type(), "Identity");
  EXPECT_THAT(refusal(), HasSubstr("no nodes"));
}

TEST_F(OnnxFile, ADropoutAtTheEndLeavesTheNodeBeforeItAsTheOutput) {
  Graph graph({4});
  graph.linear("fc", "input", 3);
  graph.dropout("drop", "fc", 0.5);
  const Model model = with_weights(graph);
  write_onnx(path_, model);
  const Model back = read_onnx(path_);
  EXPECT_EQ(back.graph.output(), "fc");
  EXPECT_LT(golden::largest_difference(answer(back, 3), answer(model, 3)), 1e-6);
}

TEST_F(OnnxFile, OfProbabilitiesEndsInASoftmaxOverTheClasses) {
  write_onnx(path_, awkward_model(), {}, OnnxOutput::probabilities);
  const onnx::ModelProto written = proto();
  const onnx::NodeProto& last = written.graph().node(written.graph().node_size() - 1);
  EXPECT_EQ(last.op_type(), "Softmax");
  EXPECT_EQ(last.attribute(0).i(), 1);
  EXPECT_EQ(written.graph().output(0).name(), "probabilities");
  EXPECT_EQ(written.metadata_props(0).key(), "retort.output");
  EXPECT_EQ(written.metadata_props(0).value(), "\"probabilities\"");
  const Model back = read_onnx(path_);
  EXPECT_LT(golden::largest_difference(answer(back, 3), answer(awkward_model(), 3)), 1e-6);
  EXPECT_EQ(back.graph.classes, awkward_model().graph.classes);
}

TEST_F(OnnxFile, RefusesToWriteWhatDoesNotFit) {
  Model model = plain_model();
  model.weights.erase("fc1.bias");
  EXPECT_THROW(write_onnx(path_, model), Error);
  model = plain_model();
  model.graph.classes = {"\xff", "b", "c"};
  EXPECT_THROW(write_onnx(path_, model), Error);
  EXPECT_THROW(write_onnx(path_, {Graph({4}), {}}), Error);
  EXPECT_FALSE(std::filesystem::exists(path_));
  try {
    write_onnx(folder_ / "missing" / "x.onnx", plain_model());
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::resources);
  }
}

TEST_F(OnnxFile, RefusesWhatIsNoOnnxFile) {
  EXPECT_THAT(refusal(), HasSubstr("No such file"));
  EXPECT_THAT(refusal_of(""), HasSubstr("no ONNX file"));
  EXPECT_THAT(refusal_of("hello, world\n"), HasSubstr("no ONNX file"));
  EXPECT_THAT(refusal_of("\xff\xd8\xff\xe0\x10JFIF\x01\x01"), HasSubstr("no ONNX file"));
  EXPECT_THAT(refusal_of("\x89PNG\r\n\x1a\n"), HasSubstr("no ONNX file"));
  EXPECT_THAT(refusal_of(std::string(1000, '\0')), HasSubstr("no ONNX file"));
  EXPECT_THAT(refusal_of("\x08\x08"), HasSubstr("no ONNX file"));  // a version and nothing else
  path_ = folder_;
  EXPECT_THAT(refusal(), HasSubstr("directory"));
}

TEST_F(OnnxFile, RefusesAFileCutOffAtEveryByte) {
  write_onnx(path_, plain_model(), {{"zz", "a note"}});
  const std::string whole = bytes();
  EXPECT_EQ(refusal(), "accepted");
  for (size_t length = 0; length < whole.size(); ++length) {
    EXPECT_NE(refusal_of(whole.substr(0, length)), "accepted") << length;
  }
}

TEST_F(OnnxFile, AnyByteChangedIsReadOrRefused) {
  write_onnx(path_, plain_model());
  const std::string whole = bytes();
  for (size_t i = 0; i < whole.size(); ++i) {
    for (const int bit : {0, 3, 7}) {
      std::string damaged = whole;
      damaged[i] = static_cast<char>(damaged[i] ^ (1 << bit));
      refusal_of(damaged);  // anything but an Error fails the test
    }
  }
}

TEST_F(OnnxFile, RefusesMetadataThatDoNotFit) {
  write_onnx(path_, plain_model());
  const onnx::ModelProto good = proto();
  const auto with = [&](const std::string& key, const std::string& value) {
    onnx::ModelProto changed = good;
    for (auto& entry : *changed.mutable_metadata_props()) {
      if (entry.key() == key) entry.set_value(value);
    }
    return refusal_of(changed.SerializeAsString());
  };
  EXPECT_EQ(with("retort.classes", R"(["a","b","c"])"), "accepted");
  EXPECT_THAT(with("retort.classes", R"(["a","b"])"), HasSubstr("2 class names"));
  EXPECT_THAT(with("retort.classes", "[1]"), HasSubstr("cannot be read"));
  EXPECT_THAT(with("retort.classes", "["), HasSubstr("cannot be read"));
  EXPECT_THAT(with("retort.classes", std::string(1'000'000, '[')), HasSubstr("cannot be read"));
  EXPECT_THAT(with("retort.input_shape", "[7]"), HasSubstr("say otherwise"));
  EXPECT_THAT(with("retort.normalisation", R"({"mean":[1],"deviation":[1]})"),
              HasSubstr("normalisation"));
}

}  // namespace
}  // namespace retort
