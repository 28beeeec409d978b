#include "retort/model/start.hpp"

#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "retort/model/model_file.hpp"
#include "retort/model/zoo.hpp"
#include "tests/golden/golden.hpp"

namespace retort {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Graph small(int64_t classes) {
  Graph graph({2, 4, 4});
  graph.batch_norm("bn1", graph.conv("conv1", "input", {.out_channels = 3}));
  graph.linear("fc", graph.flatten("flatten", graph.relu("relu", "bn1")), classes);
  return graph;
}

// What PyTorch's state_dict of that network holds.
NamedTensors state(int64_t classes, const std::string& prefix = "") {
  NamedTensors tensors;
  uint64_t seed = 1;
  const auto add = [&](const std::string& name, const Shape& shape) {
    tensors.set(prefix + name, golden::pattern(seed++, shape, 0.5, 1).to(at::kFloat));
  };
  add("conv1.weight", {3, 2, 1, 1});
  for (const char* part : {"weight", "bias", "running_mean", "running_var"}) {
    add(std::string("bn1.") + part, {3});
  }
  tensors.set(prefix + "bn1.num_batches_tracked", at::zeros({}, at::kLong));
  add("fc.weight", {classes, 48});
  add("fc.bias", {classes});
  return tensors;
}

class StartFiles : public testing::Test {
 protected:
  StartFiles() {
    std::string folder = (std::filesystem::temp_directory_path() / "retort.XXXXXX").string();
    folder_ = ::mkdtemp(folder.data());
  }
  ~StartFiles() override { std::filesystem::remove_all(folder_); }

  Path write(const std::string& name, const NamedTensors& tensors) const {
    write_safetensors(folder_ / name, {tensors, {{"format", "pt"}}});
    return folder_ / name;
  }
  Path write_text(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name) << text;
    return folder_ / name;
  }
  static std::string refusal(const Path& path, const Graph& graph, bool head = true) {
    try {
      read_start(path, graph, head);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::model);
      EXPECT_THAT(error.what(), testing::Not(HasSubstr("\n")));
      EXPECT_THAT(error.what(), HasSubstr(path.filename().string()));
      return error.what();
    }
    return "accepted";
  }

  Path folder_;
};

TEST_F(StartFiles, GiveEveryWeightUnderItsName) {
  const Start start = read_start(write("a.safetensors", state(5)), small(5));
  EXPECT_EQ(start.report.text(), "7 loaded, 1 counters ignored");
  for (const ParameterSpec& spec : parameters(small(5))) {
    EXPECT_TRUE(start.weights.at(spec.name).equal(state(5).at(spec.name))) << spec.name;
  }
}

TEST_F(StartFiles, LoseWhatWrappersPutBeforeEveryName) {
  for (const std::string prefix : {"module.", "_orig_mod.", "module._orig_mod."}) {
    const Start start = read_start(write("a.safetensors", state(5, prefix)), small(5));
    EXPECT_TRUE(start.weights.at("fc.bias").equal(state(5).at("fc.bias"))) << prefix;
  }
  NamedTensors mixed = state(5, "module.");
  mixed.set("other", at::zeros({1}));
  EXPECT_THAT(refusal(write("a.safetensors", mixed), small(5)), HasSubstr("8 unexpected"));
}

TEST_F(StartFiles, OfOtherFloatsBecomeFp32) {
  for (const at::ScalarType type : {at::kHalf, at::kBFloat16, at::kDouble}) {
    NamedTensors tensors = state(5);
    for (const std::string& name : tensors.names()) {
      if (tensors.at(name).is_floating_point()) tensors.set(name, tensors.at(name).to(type));
    }
    const Tensor weight =
        read_start(write("a.safetensors", tensors), small(5)).weights.at("fc.bias");
    EXPECT_EQ(weight.scalar_type(), at::kFloat);
    EXPECT_TRUE(weight.equal(state(5).at("fc.bias").to(type).to(at::kFloat)));
  }
  NamedTensors tensors = state(5);
  tensors.set("fc.bias", at::zeros({5}, at::kInt));
  EXPECT_THAT(refusal(write("a.safetensors", tensors), small(5)), HasSubstr("'fc.bias'"));
}

TEST_F(StartFiles, ThatDoNotFitAreReportedWhole) {
  NamedTensors tensors = state(5);
  tensors.erase("conv1.weight");
  tensors.set("bn1.bias", at::zeros({4}));
  tensors.set("extra", at::zeros({1}));
  EXPECT_THAT(refusal(write("a.safetensors", tensors), small(5)),
              HasSubstr("5 loaded, 1 missing (conv1.weight), 1 unexpected (extra), 1 of another "
                        "shape (bn1.bias: 4, wanted 3), 1 counters ignored; 'retort describe'"));
  NamedTensors other;
  for (const char* name : {"a", "b", "c"}) other.set(name, at::zeros({1}));
  EXPECT_THAT(refusal(write("a.safetensors", other), small(5)),
              HasSubstr("0 loaded, 7 missing (conv1.weight, bn1.weight, ...), 3 unexpected (a, b, "
                        "...); are these weights of another network?"));
}

TEST_F(StartFiles, ForOtherClassesFitWithoutTheHead) {
  const Path path = write("a.safetensors", state(5));
  EXPECT_THAT(refusal(path, small(6)), HasSubstr("init_head = false"));
  const Start start = read_start(path, small(6), /*head=*/false);
  EXPECT_THAT(start.report.left, ElementsAre("fc.weight", "fc.bias"));
  EXPECT_EQ(start.weights.find("fc.weight"), nullptr);
  EXPECT_EQ(start.weights.size(), 5U);
  // As many classes are other ones too.
  EXPECT_EQ(read_start(path, small(5), /*head=*/false).weights.find("fc.bias"), nullptr);
  NamedTensors headless = state(5);
  headless.erase("fc.weight");
  headless.erase("fc.bias");
  EXPECT_EQ(read_start(write("b.safetensors", headless), small(6), false).weights.size(), 5U);
  headless.erase("conv1.weight");
  EXPECT_THAT(refusal(write("b.safetensors", headless), small(6), false),
              HasSubstr("1 missing (conv1.weight)"));
}

TEST_F(StartFiles, MayBeModelsOfOurs) {
  Model model{small(2), initial_weights(small(2), 3)};
  model.graph.classes = {"cat", "dog"};
  const Path path = folder_ / "model.safetensors";
  save_model(path, model);
  Graph graph = small(2);
  graph.classes = {"cat", "dog"};
  EXPECT_TRUE(read_start(path, graph).weights.at("fc.weight").equal(model.weights.at("fc.weight")));
  graph.classes = {"dog", "cat"};
  EXPECT_THAT(refusal(path, graph), HasSubstr("its classes are others; if they are for other"));
  EXPECT_EQ(read_start(path, graph, false).weights.size(), 5U);
}

TEST_F(StartFiles, InShardsAreReadThroughTheirIndex) {
  NamedTensors first, second;
  std::string map;
  for (const auto& [name, tensor] : state(5)) {
    const bool early = name.starts_with("conv1");
    (early ? first : second).set(name, tensor);
    map +=
        (map.empty() ? "" : ",") + ("\"" + name + "\":\"" + (early ? "1" : "2") + ".safetensors\"");
  }
  write("1.safetensors", first);
  const Path index = write_text("model.safetensors.index.json",
                                R"({"metadata":{"total_size":9},"weight_map":{)" + map + "}}");
  EXPECT_THAT(refusal(index, small(5)), HasSubstr("shard '2.safetensors' is not there"));
  write("2.safetensors", second);
  EXPECT_EQ(read_start(index, small(5)).report.loaded.size(), 7U);
  second.erase("fc.bias");
  write("2.safetensors", second);
  EXPECT_THAT(refusal(index, small(5)), HasSubstr("'fc.bias' is not in its shard '2.safetensors'"));
}

TEST_F(StartFiles, AreReadFromTheIndexsOwnFolderAlone) {
  for (const std::string shard :
       {"../a.safetensors", "/a.safetensors", "b/a.safetensors", ".", ""}) {
    const Path index = write_text("i.json", R"({"weight_map":{"a":")" + shard + "\"}}");
    EXPECT_THAT(refusal(index, small(5)), HasSubstr("the index's own folder"));
  }
  for (const std::string text :
       {"", "[]", "{}", R"({"weight_map":[]})", R"({"weight_map":{"a":1}})"}) {
    EXPECT_THAT(refusal(write_text("i.json", text), small(5)), HasSubstr("i.json")) << text;
  }
}

// timm's parameters of the tokens and positions are [1, 1, width] and [1, length, width].
TEST(Start, OfATransformerJoinsItsTokens) {
  const Graph graph = Deit{.patch = 4, .width = 6, .depth = 1, .heads = 2}.build({3, 8, 8}, 5);
  WeightsFile file;
  for (const ParameterSpec& spec : parameters(graph)) {
    file.tensors.set(spec.name, at::zeros({}).expand(spec.shape));
  }
  file.tensors.erase("tokens.weight");
  file.tensors.erase("pos_embed.weight");
  const Tensor positions = golden::pattern(1, {1, 6, 6}, 0, 1).to(at::kFloat);
  file.tensors.set("pos_embed", positions);
  file.tensors.set("dist_token", at::full({1, 1, 6}, 2.0));
  EXPECT_THAT(start_from(file, graph).report.missing, ElementsAre("tokens.weight"));
  file.tensors.set("cls_token", at::full({1, 1, 6}, 1.0));
  const Start start = start_from(file, graph);
  EXPECT_TRUE(start.report.fits()) << start.report.text();
  EXPECT_TRUE(start.weights.at("pos_embed.weight").equal(positions[0]));
  EXPECT_EQ(start.weights.at("tokens.weight")[0][0].item<double>(), 1);
  EXPECT_EQ(start.weights.at("tokens.weight")[1][5].item<double>(), 2);
  file.tensors.set("pos_embed", at::zeros({1, 9, 6}));
  EXPECT_THAT(start_from(file, graph).report.differing,
              ElementsAre("pos_embed.weight: 9x6, wanted 6x6"));
}

TEST(Start, KnowsTheHeadOfEveryNetwork) {
  for (const auto& [kind, help] : KindsOf<ZooNetwork>::rows()) {
    const auto parameters_for = [&](int64_t classes) {
      return parameters(std::visit(
          [&](const auto& network) {
            return network.build({3, 32, 32}, classes);
          },
          network_named(kind)));
    };
    // What has another shape with other classes.
    const std::vector<ParameterSpec> five = parameters_for(5), six = parameters_for(6);
    Names expected;
    for (size_t i = 0; i < five.size(); ++i) {
      if (five[i].shape != six[i].shape) expected.push_back(five[i].name);
    }
    EXPECT_THAT(expected, testing::Not(IsEmpty())) << kind;
    const Graph graph = std::visit(
        [](const auto& network) {
          return network.build({3, 32, 32}, 5);
        },
        network_named(kind));
    EXPECT_THAT(head_weights(graph), testing::UnorderedElementsAreArray(expected)) << kind;
  }
}

}  // namespace
}  // namespace retort
