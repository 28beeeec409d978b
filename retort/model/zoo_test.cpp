#include "retort/model/zoo.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "retort/base/error.hpp"
#include "retort/model/network.hpp"
#include "tests/golden/golden.hpp"

namespace retort {
namespace {

Graph graph_of(std::string_view kind, const Shape& input, int64_t classes) {
  return std::visit([&](const auto& network) { return network.build(input, classes); },
                    network_named(kind));
}

std::vector<std::string> kinds() {
  std::vector<std::string> result;
  for (const auto& [kind, help] : KindsOf<ZooNetwork>::rows()) result.push_back(kind);
  return result;
}

// Trained numbers with 100 classes, counted by PyTorch from the definitions of the distillation
// benchmark (Tian et al. 2020, "Contrastive representation distillation").
const std::map<std::string, int64_t> small_image_parameters = {
    {"resnet8", 83'892},           {"resnet14", 181'108},     {"resnet20", 278'324},
    {"resnet32", 472'756},         {"resnet56", 861'620},     {"resnet110", 1'736'564},
    {"resnet14x2", 708'228},       {"resnet8x4", 1'233'540},  {"resnet32x4", 7'433'860},
    {"wrn_16_1", 180'916},         {"wrn_16_2", 703'284},     {"wrn_40_1", 569'780},
    {"wrn_40_2", 2'255'156},       {"vgg8", 3'965'028},       {"vgg13", 9'462'180},
    {"mobilenetv2_half", 812'836}, {"shufflenetv1", 949'258}, {"shufflenetv2", 1'355'528}};

TEST(Zoo, NetworksForSmallImagesHaveThePublishedNumberOfParameters) {
  for (const auto& [kind, parameters] : small_image_parameters) {
    const Graph graph = graph_of(kind, {3, 32, 32}, 100);
    EXPECT_EQ(cost(graph).parameters, parameters) << kind;
    EXPECT_EQ(graph.shape(graph.output()), Shape{100}) << kind;
  }
}

// Those of torchvision with 1000 classes, as its documentation has them; of Touvron et al. 2021.
const std::map<std::string, int64_t> photo_parameters = {
    {"resnet18", 11'689'512}, {"resnet34", 21'797'672},          {"resnet50", 25'557'032},
    {"vgg16", 138'357'544},   {"squeezenet1_1", 1'235'496},      {"mobilenet_v2", 3'504'872},
    {"deit", 5'910'800},      {"mobilenet_v3_small", 2'542'856}, {"shufflenet_v2_x1_0", 2'278'604}};

TEST(Zoo, NetworksForPhotosHaveThePublishedNumberOfParameters) {
  for (const auto& [kind, parameters] : photo_parameters) {
    const Graph graph = graph_of(kind, {3, 224, 224}, 1000);
    EXPECT_EQ(cost(graph).parameters, parameters) << kind;
    EXPECT_EQ(graph.shape(graph.output()), Shape{1000}) << kind;
  }
}

// In thousand millions, as torchvision's documentation has them.
TEST(Zoo, NetworksForPhotosHaveThePublishedCost) {
  const std::map<std::string, double> giga_macs = {
      {"resnet18", 1.81},           {"resnet34", 3.66},
      {"resnet50", 4.09},           {"vgg16", 15.47},
      {"squeezenet1_1", 0.35},      {"mobilenet_v2", 0.3},
      {"mobilenet_v3_small", 0.06}, {"shufflenet_v2_x1_0", 0.14}};
  for (const auto& [kind, wanted] : giga_macs) {
    const auto macs = static_cast<double>(cost(graph_of(kind, {3, 224, 224}, 1000)).macs);
    EXPECT_NEAR(macs / 1e9, wanted, 0.011) << kind;
  }
}

TEST(Zoo, LenetHasTheNumberOfParametersCountedByHand) {
  EXPECT_EQ(cost(graph_of("lenet5", {1, 28, 28}, 10)).parameters,
            6 * 26 + 16 * 151 + 120 * 401 + 84 * 121 + 10 * 85);
}

TEST(Zoo, EveryNetworkHasACount) {
  std::vector<std::string> counted = {"mlp", "lenet5"};
  for (const auto& [kind, parameters] : small_image_parameters) counted.push_back(kind);
  for (const auto& [kind, parameters] : photo_parameters) counted.push_back(kind);
  EXPECT_THAT(counted, testing::UnorderedElementsAreArray(kinds()));
}

TEST(Zoo, WeightsForPhotosAreCalledAsInTorchvision) {
  const auto shape = [](std::string_view kind, const std::string& name) -> Shape {
    for (const ParameterSpec& spec : parameters(graph_of(kind, {3, 224, 224}, 1000))) {
      if (spec.name == name) return spec.shape;
    }
    ADD_FAILURE() << kind << " has no " << name;
    return {};
  };
  EXPECT_EQ(shape("resnet18", "layer2.0.downsample.0.weight"), (Shape{128, 64, 1, 1}));
  EXPECT_EQ(shape("resnet50", "layer4.2.conv3.weight"), (Shape{2048, 512, 1, 1}));
  EXPECT_EQ(shape("resnet50", "layer1.0.bn3.running_var"), Shape{256});
  EXPECT_EQ(shape("vgg16", "features.28.bias"), Shape{512});
  EXPECT_EQ(shape("vgg16", "classifier.6.weight"), (Shape{1000, 4096}));
  EXPECT_EQ(shape("squeezenet1_1", "features.12.expand3x3.weight"), (Shape{256, 64, 3, 3}));
  EXPECT_EQ(shape("squeezenet1_1", "classifier.1.weight"), (Shape{1000, 512, 1, 1}));
  EXPECT_EQ(shape("mobilenet_v2", "features.1.conv.0.0.weight"), (Shape{32, 1, 3, 3}));
  EXPECT_EQ(shape("mobilenet_v2", "features.17.conv.3.running_mean"), Shape{320});
  EXPECT_EQ(shape("mobilenet_v2", "features.18.0.weight"), (Shape{1280, 320, 1, 1}));
  EXPECT_EQ(shape("mobilenet_v3_small", "features.1.block.1.fc1.weight"), (Shape{8, 16, 1, 1}));
  EXPECT_EQ(shape("mobilenet_v3_small", "features.11.block.3.0.weight"), (Shape{96, 576, 1, 1}));
  EXPECT_EQ(shape("shufflenet_v2_x1_0", "stage2.0.branch1.2.weight"), (Shape{58, 24, 1, 1}));
  EXPECT_EQ(shape("shufflenet_v2_x1_0", "stage4.3.branch2.6.weight"), Shape{232});
}

TEST(Zoo, ATransformerAnswersFromBothTokens) {
  const Graph graph = Deit{.patch = 4, .width = 12, .depth = 2, .heads = 3}.build({3, 8, 12}, 5);
  const Network network({graph, initial_weights(graph, 1)});
  const Tensor images = golden::pattern(1, {2, 3, 8, 12}, 0, 1).to(at::kFloat);
  const NamedTensors values = network.forward(images, {"head", "head_dist", "logits", "blocks.1"});
  const Tensor mean = (values.at("head") + values.at("head_dist")) / 2;
  EXPECT_LT(golden::largest_difference(values.at("logits"), mean), 1e-6);
  EXPECT_GT(golden::largest_difference(values.at("head"), values.at("head_dist")), 1e-3);
  EXPECT_EQ(values.at("blocks.1").sizes().vec(), (Shape{2, 2 * 3 + 2, 12}));
  EXPECT_THROW((Deit{.patch = 5}.build({3, 8, 12}, 5)), Error);
  EXPECT_THROW((Deit{.patch = 4, .heads = 5}.build({3, 8, 12}, 5)), Error);
}

// As the papers and torchvision's definitions have it.
TEST(Zoo, LastLayersBeginAsPublished) {
  const auto start_of = [](std::string_view kind, const std::string& name) {
    for (const ParameterSpec& spec : parameters(graph_of(kind, {3, 64, 64}, 100))) {
      if (spec.name == name) return spec.initial == Initial::normal ? spec.deviation : -1;
    }
    return -2.0;
  };
  EXPECT_DOUBLE_EQ(start_of("resnet18", "fc.weight"), 1 / std::sqrt(3 * 512.0));
  EXPECT_DOUBLE_EQ(start_of("resnet20", "fc.weight"), 1 / std::sqrt(3 * 64.0));
  EXPECT_EQ(start_of("vgg8", "classifier.weight"), 0.01);
  EXPECT_EQ(start_of("vgg16", "classifier.3.weight"), 0.01);
  EXPECT_EQ(start_of("mobilenet_v2", "classifier.1.weight"), 0.01);
  EXPECT_EQ(start_of("mobilenet_v3_small", "classifier.0.weight"), 0.01);
  EXPECT_EQ(start_of("squeezenet1_1", "classifier.1.weight"), 0.01);
  EXPECT_EQ(start_of("deit", "blocks.11.attn.qkv.weight"), 0.02);
  EXPECT_EQ(start_of("deit", "head_dist.weight"), 0.02);
}

TEST(Zoo, MobileNetV3MovesItsStatisticsSlowly) {
  const Graph graph = graph_of("mobilenet_v3_small", {3, 64, 64}, 10);
  for (const Node& node : graph.nodes()) {
    if (node.op != "batch_norm") continue;
    EXPECT_EQ(number(node, "momentum"), 0.01) << node.name;
    EXPECT_EQ(number(node, "epsilon"), 1e-3) << node.name;
  }
}

TEST(Zoo, AMissNamesTheNearest) {
  try {
    network_named("resnet21");
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("did you mean 'resnet2"));
  }
}

TEST(Zoo, ConvolutionalNetworksAnswerTwoImagesAtOtherSizesToo) {
  for (const std::string kind :
       {"resnet8", "wrn_16_1", "vgg8", "mobilenetv2_half", "shufflenetv1", "shufflenetv2",
        "mobilenet_v2", "mobilenet_v3_small", "shufflenet_v2_x1_0"}) {
    const Graph graph = graph_of(kind, {1, 36, 28}, 7);
    const Network network({graph, initial_weights(graph, 1)});
    const Tensor images = golden::pattern(1, {2, 1, 36, 28}, 0, 1).to(at::kFloat);
    for (const bool training : {true, false}) {
      const Tensor logits =
          network.forward(images, {"logits"}, {.training = training}).at("logits");
      EXPECT_EQ(logits.sizes().vec(), (Shape{2, 7})) << kind;
      EXPECT_TRUE(logits.isfinite().all().item<bool>()) << kind;
    }
  }
}

TEST(Zoo, ConvolutionalNetworksRefuseWhatIsNoImage) {
  for (const std::string& kind : kinds()) {
    if (kind == "mlp") continue;
    try {
      graph_of(kind, {784}, 10);
      ADD_FAILURE() << kind << ": no error";
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), testing::HasSubstr("wanted an image")) << kind;
    }
  }
}

TEST(Zoo, StagesAreTapsByTheirName) {
  const Graph resnet = graph_of("resnet20", {3, 32, 32}, 100);
  EXPECT_EQ(resnet.shape("layer1"), (Shape{16, 32, 32}));
  EXPECT_EQ(resnet.shape("layer2"), (Shape{32, 16, 16}));
  EXPECT_EQ(resnet.shape("layer3"), (Shape{64, 8, 8}));
  EXPECT_EQ(graph_of("wrn_40_2", {3, 32, 32}, 100).shape("block3"), (Shape{128, 8, 8}));
  EXPECT_EQ(graph_of("vgg13", {3, 32, 32}, 100).shape("relu3"), (Shape{512, 4, 4}));
  EXPECT_EQ(graph_of("shufflenetv1", {3, 32, 32}, 100).shape("layer3"), (Shape{960, 4, 4}));
}

}  // namespace
}  // namespace retort
