#include "retort/model/model_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <limits>

#include "retort/model/network.hpp"
#include "retort/tensor/safetensors.hpp"
#include "tests/golden/training.hpp"

namespace retort {
namespace {

using testing::HasSubstr;

Model full_model() {
  Graph graph({1, 28, 28});
  graph.flatten("flatten", "input");
  graph.dropout("dropout0", "flatten", 0.1);
  graph.linear("fc1", "dropout0", 12);
  graph.relu("relu1", "fc1");
  graph.linear("logits", "relu1", 3, false);
  graph.classes = {"zero", "ein \"Wort\"", "drei\n\xC3\xA4"};
  graph.normalisation = {{0.1307}, {0.3081}};
  return {graph, initial_weights(graph, 7)};
}

Path file_of_this_test() {
  const testing::TestInfo* test = testing::UnitTest::GetInstance()->current_test_info();
  return Path(testing::TempDir()) / (std::string("retort_model_file_") + test->name());
}

void expect_same(const Graph& a, const Graph& b) {
  EXPECT_EQ(a.input_shape(), b.input_shape());
  EXPECT_EQ(a.classes, b.classes);
  EXPECT_EQ(a.normalisation, b.normalisation);
  ASSERT_EQ(a.nodes().size(), b.nodes().size());
  for (size_t i = 0; i < a.nodes().size(); ++i) {
    const Node& left = a.nodes()[i];
    const Node& right = b.nodes()[i];
    EXPECT_EQ(left.name, right.name);
    EXPECT_EQ(left.op, right.op);
    EXPECT_EQ(left.inputs, right.inputs);
    EXPECT_EQ(left.attributes, right.attributes) << left.name;
    EXPECT_EQ(a.shape(left.name), b.shape(left.name));
  }
}

// What load_model said of the file; it must be an Error of the model that names the file.
std::string refusal(const Safetensors& content) {
  const Path path = file_of_this_test();
  write_safetensors(path, content);
  try {
    load_model(path);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::model) << error.what();
    EXPECT_THAT(error.what(), HasSubstr(path.string()));
    EXPECT_THAT(error.what(), testing::Not(HasSubstr("\n"))) << "one line";
    return error.what();
  }
  ADD_FAILURE() << "the damaged file was read";
  return "";
}

// A sound file with other text in place of its graph.
std::string refusal_of_graph(const std::string& json) {
  return refusal({full_model().weights, {{"retort.format", "1"}, {"retort.graph", json}}});
}

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  const size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what << " is not in " << text;
  return text.replace(at, what.size(), by);
}

Safetensors saved(const Model& model) {
  save_model(file_of_this_test(), model);
  return read_safetensors(file_of_this_test());
}

TEST(GraphJson, GoesRoundTrip) {
  const Graph graph = full_model().graph;
  const std::string text = graph_to_json(graph);
  expect_same(graph, graph_from_json(text));
  EXPECT_EQ(graph_to_json(graph_from_json(text)), text);
}

TEST(GraphJson, KeepsAWholeNumberOfAProbability) {
  Graph graph({3});
  graph.dropout("dropout", "input", 0.0);
  expect_same(graph, graph_from_json(graph_to_json(graph)));
}

TEST(ModelFile, GoesRoundTripBitForBit) {
  Model model = full_model();
  auto* values = model.weights.at("fc1.bias").data_ptr<float>();
  values[0] = -0.0F;
  values[1] = std::numeric_limits<float>::denorm_min();
  values[2] = std::numeric_limits<float>::max();
  save_model(file_of_this_test(), model, {{"run", "a note"}});
  const Model loaded = load_model(file_of_this_test());
  expect_same(model.graph, loaded.graph);
  ASSERT_EQ(loaded.weights.names(), model.weights.names()) << "in the order of the graph";
  for (const auto& [name, tensor] : model.weights) {
    const Tensor& other = loaded.weights.at(name);
    ASSERT_EQ(other.sizes(), tensor.sizes()) << name;
    ASSERT_EQ(other.scalar_type(), at::kFloat) << name;
    EXPECT_EQ(std::memcmp(other.data_ptr(), tensor.data_ptr(), tensor.nbytes()), 0) << name;
  }
  EXPECT_EQ(read_safetensors(file_of_this_test()).metadata.at("run"), "a note");
}

TEST(ModelFile, AnswersLikeTheModelThatWasSaved) {
  const Model model = golden::small_model();
  save_model(file_of_this_test(), model);
  const Tensor inputs = golden::training_batch(0).inputs;
  const Names logits = {"logits"};
  const Tensor before = Network(model).forward(inputs, logits).at("logits");
  const Tensor after =
      Network(load_model(file_of_this_test())).forward(inputs, logits).at("logits");
  EXPECT_TRUE(before.equal(after));
}

TEST(ModelFile, SameModelGivesTheSameBytes) {
  const Path path = file_of_this_test();
  save_model(path, full_model(), {{"b", "2"}, {"a", "1"}});
  const std::string first = read_file(path, ExitCode::model);
  save_model(path, full_model(), {{"a", "1"}, {"b", "2"}});
  EXPECT_EQ(first, read_file(path, ExitCode::model));
  save_model(path, load_model(path), {{"a", "1"}, {"b", "2"}});
  EXPECT_EQ(first, read_file(path, ExitCode::model)) << "after a round trip";
}

TEST(ModelFile, SavesNoModelWhoseWeightsDoNotFit) {
  Model model = full_model();
  model.weights.erase("fc1.bias");
  EXPECT_THROW(save_model(file_of_this_test(), model), Error);
  EXPECT_FALSE(std::filesystem::exists(file_of_this_test()));
}

TEST(DamagedModelFile, MissingWeight) {
  Safetensors content = saved(full_model());
  content.tensors.erase("fc1.bias");
  EXPECT_THAT(refusal(content), HasSubstr("'fc1.bias' (12) is missing"));
}

TEST(DamagedModelFile, WeightOfAnotherShape) {
  Safetensors content = saved(full_model());
  content.tensors.set("fc1.bias", golden::pattern(1, {13}, 0, 1).to(at::kFloat));
  EXPECT_THAT(refusal(content),
              testing::AllOf(HasSubstr("'fc1.bias'"), HasSubstr("12"), HasSubstr("13")));
  content.tensors.set("fc1.bias", golden::pattern(1, {12, 1}, 0, 1).to(at::kFloat));
  refusal(content);
}

TEST(DamagedModelFile, WeightOfAnotherType) {
  Safetensors content = saved(full_model());
  content.tensors.set("fc1.bias", golden::pattern(1, {12}, 0, 1));
  EXPECT_THAT(refusal(content), HasSubstr("'fc1.bias'"));
}

TEST(DamagedModelFile, UnexpectedWeight) {
  Safetensors content = saved(full_model());
  content.tensors.set("fc1.bios", golden::pattern(1, {12}, 0, 1).to(at::kFloat));
  EXPECT_THAT(refusal(content), HasSubstr("did you mean 'fc1.bias'?"));
}

// Any bit that still makes a safetensors file of these shapes.
TEST(DamagedModelFile, FlippedBits) {
  const Path path = file_of_this_test();
  save_model(path, full_model(), {{"note", "of the day"}});
  const std::string sound = read_file(path, ExitCode::model);
  for (const size_t place : {sound.find("of the day"), sound.size() - 5, sound.size() - 1}) {
    std::string bytes = sound;
    bytes[place] = static_cast<char>(bytes[place] ^ 1);
    write_file(path, bytes);
    try {
      load_model(path);
      ADD_FAILURE() << "byte " << place;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::model);
      EXPECT_THAT(error.what(), HasSubstr(path.string() + ": its content does not fit"));
    }
  }
}

TEST(DamagedModelFile, NoGraph) {
  EXPECT_THAT(refusal({full_model().weights, {}}), HasSubstr("retort.graph"));
  EXPECT_THAT(refusal({full_model().weights, {{"retort.format", "1"}}}), HasSubstr("retort.graph"));
}

TEST(DamagedModelFile, FormatOfTheFuture) {
  const std::string graph = graph_to_json(full_model().graph);
  EXPECT_THAT(refusal({full_model().weights, {{"retort.format", "2"}, {"retort.graph", graph}}}),
              HasSubstr("'2'"));
}

TEST(DamagedModelFile, GraphThatIsNoGraph) {
  for (
      const char* json :
      {"", "{", "null", "[]", "{}", "17", "\"text\"", R"({"input":[784]})",
       R"({"input":"784","nodes":[],"classes":[],"normalisation":{"mean":[],"deviation":[]}})",
       R"({"input":[784],"nodes":{},"classes":{},"normalisation":{"mean":[],"deviation":[]}})",
       R"({"input":[784],"nodes":[17],"classes":[],"normalisation":{"mean":[],"deviation":[]}})",
       R"({"input":[784],"nodes":[],"classes":[1],"normalisation":{"mean":[],"deviation":[]}})",
       R"({"input":[784],"nodes":[],"classes":[],"normalisation":{"mean":["a"],"deviation":[]}})",
       R"({"input":[784.5],"nodes":[],"classes":[],"normalisation":{"mean":[],"deviation":[]}})"}) {
    SCOPED_TRACE(json);
    refusal_of_graph(json);
  }
  refusal_of_graph(std::string(100'000, '['));
}

TEST(DamagedModelFile, GraphWithoutNodes) {
  const std::string json =
      R"({"input":[784],"nodes":[],"classes":[],"normalisation":{"mean":[],"deviation":[]}})";
  refusal({{}, {{"retort.format", "1"}, {"retort.graph", json}}});
}

TEST(DamagedModelFile, UnknownOp) {
  const std::string json = graph_to_json(full_model().graph);
  EXPECT_THAT(refusal_of_graph(replaced(json, R"("op":"relu")", R"("op":"rely")")),
              HasSubstr("did you mean 'relu'?"));
}

TEST(DamagedModelFile, UnknownInputAndCycles) {
  const std::string json = graph_to_json(full_model().graph);
  const std::string_view input = R"("inputs":["dropout0"])";
  EXPECT_THAT(refusal_of_graph(replaced(json, input, R"("inputs":["dropout"])")),
              HasSubstr("did you mean 'dropout0'?"));
  for (const char* later : {"relu1", "fc1", "logits"}) {
    SCOPED_TRACE(later);
    refusal_of_graph(replaced(json, input, std::string(R"("inputs":[")") + later + R"("])"));
  }
  refusal_of_graph(replaced(json, input, R"("inputs":[])"));
  refusal_of_graph(replaced(json, input, R"("inputs":["dropout0","dropout0"])"));
}

TEST(DamagedModelFile, TwoNodesOfOneName) {
  const std::string json = graph_to_json(full_model().graph);
  EXPECT_THAT(refusal_of_graph(replaced(json, R"("name":"relu1")", R"("name":"fc1")")),
              HasSubstr("taken"));
}

TEST(DamagedModelFile, AbsurdSizes) {
  const std::string json = graph_to_json(full_model().graph);
  for (const char* size : {"0", "-1", "1152921504606846976", "9223372036854775807",
                           "18446744073709551615", "1e300", "12.5", "\"12\"", "null", "[12]"}) {
    SCOPED_TRACE(size);
    refusal_of_graph(
        replaced(json, R"("out_features":12)", std::string(R"("out_features":)") + size));
    refusal_of_graph(
        replaced(json, R"("input":[1,28,28])", std::string(R"("input":[1,28,)") + size + "]"));
  }
  refusal_of_graph(replaced(json, R"("input":[1,28,28])", R"("input":[4294967296,4294967296])"));
}

TEST(DamagedModelFile, NormalisationThatDoesNotFit) {
  const std::string json = graph_to_json(full_model().graph);
  const std::string_view sound = R"("deviation":[0.3081])";
  for (const char* deviation : {"[]", "[0.0]", "[-1.0]", "[1.0,1.0]", "[null]", "[\"1\"]"}) {
    SCOPED_TRACE(deviation);
    refusal_of_graph(replaced(json, sound, std::string(R"("deviation":)") + deviation));
  }
}

TEST(DamagedModelFile, ControlCharactersDoNotReachTheTerminal) {
  const std::string json = graph_to_json(full_model().graph);
  const std::string message =
      refusal_of_graph(replaced(json, R"("op":"relu")", R"("op":"\u001b[2Jrelu\n")"));
  EXPECT_THAT(message, testing::Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace retort
