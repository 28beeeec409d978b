#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "retort/model/network.hpp"
#include "retort/model/start.hpp"
#include "retort/model/zoo.hpp"
#include "tests/golden/golden.hpp"

// Networks as torchvision, timm and the distillation benchmark publish them: tools/golden/zoo.py.
namespace retort {
namespace {

const Safetensors& golden_file() {
  static const Safetensors file = golden::file("zoo.safetensors");
  return file;
}

using ShapesByName = std::map<std::string, Shape>;

std::map<std::string, ShapesByName> published() {
  constexpr std::string_view prefix = "names/";
  std::map<std::string, ShapesByName> networks;
  for (const auto& [key, text] : golden_file().metadata) {
    if (!key.starts_with(prefix)) continue;
    networks[key.substr(prefix.size())] = nlohmann::json::parse(text).get<ShapesByName>();
  }
  return networks;
}

Graph graph_of(const std::string& kind, int64_t side, int64_t classes) {
  return std::visit(
      [&](const auto& network) {
        return network.build({3, side, side}, classes);
      },
      network_named(kind));
}

bool is_for_photos(const ShapesByName& names) {
  return std::any_of(names.begin(), names.end(),
                     [](const auto& row) { return !row.second.empty() && row.second[0] == 1000; });
}

// As in tools/golden/zoo.py.
Tensor weight(const std::string& name, const Shape& shape, uint64_t seed) {
  if (name.ends_with("running_var") || (shape.size() == 1 && name.ends_with("weight"))) {
    return golden::pattern(seed, shape, 0.5, 1.5);
  }
  if (shape.size() == 1) return golden::pattern(seed, shape, -0.1, 0.1);
  const auto fan = static_cast<double>(element_count(shape) / shape[0]);
  return golden::pattern(seed, shape, -std::sqrt(3 / fan), std::sqrt(3 / fan));
}

TEST(PublishedWeights, OfEveryNetworkFitByTheirNames) {
  const auto networks = published();
  EXPECT_GE(networks.size(), 16U);
  for (const auto& [kind, names] : networks) {
    WeightsFile file;
    for (const auto& [name, shape] : names) {
      if (name.ends_with("num_batches_tracked")) {
        ++file.counters;
      } else {
        file.tensors.set(name, at::zeros({}).expand(shape));  // no memory
      }
    }
    const bool photos = is_for_photos(names);
    const Start start = start_from(file, graph_of(kind, photos ? 224 : 32, photos ? 1000 : 100));
    EXPECT_TRUE(start.report.fits()) << kind << ": " << start.report.text();
    EXPECT_EQ(start.report.loaded.size(),
              parameters(graph_of(kind, photos ? 224 : 32, photos ? 1000 : 100)).size());
  }
}

TEST(PublishedWeights, GiveTheAnswersOfThePublishedNetworks) {
  int64_t answered = 0;
  for (const auto& [kind, names] : published()) {
    if (golden_file().tensors.find(kind + "/samples") == nullptr) continue;
    ++answered;
    WeightsFile file;
    uint64_t seed = 100;
    for (const auto& [name, shape] : names) {  // sorted
      if (name.ends_with("num_batches_tracked")) continue;
      file.tensors.set(name, weight(name, shape, seed++).to(at::kFloat));
    }
    const bool photos = is_for_photos(names);
    const int64_t side = kind == "deit" ? 224 : photos ? 64 : 32;
    const Graph graph = graph_of(kind, side, photos ? 1000 : 100);
    const Network network({graph, start_from(file, graph).weights});
    const Tensor images = golden::pattern(1, {2, 3, side, side}, 0, 1).to(at::kFloat);
    golden::expect_digest(golden_file(), kind, network.forward(images, {"logits"}).at("logits"),
                          1e-4);
  }
  EXPECT_GE(answered, 15);
}

}  // namespace
}  // namespace retort
