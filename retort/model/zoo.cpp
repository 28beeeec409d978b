#include "retort/model/zoo.hpp"

#include <fmt/format.h>

#include "retort/base/error.hpp"

namespace retort {

void NormaliseSettings::describe(FieldVisitor& visitor) {
  visitor.visit({.name = "mean", .help = "mean of every channel, of pixels in [0, 1]"}, mean);
  visitor.visit({.name = "deviation",
                 .help = "standard deviation of every channel",
                 .range = Range::above(0)},
                deviation);
}

void ModelSettings::describe(FieldVisitor& visitor) {
  visitor.choice({.name = "kind", .help = "which network"}, network);
  visitor.visit({.name = "size",
                 .help = "side of the images that the network sees, or height and width: they are "
                         "resized for it. Nothing said: as the data are",
                 .range = Range::between(1, 8192)},
                size);
  visitor.table({.name = "normalise",
                 .help = "what the network does to pixels first; kept in its files. Nothing said: "
                         "pixels as they are"},
                normalise);
  visitor.visit({.name = "init",
                 .help = "weights to start from: a .safetensors file with the network's names "
                         "(torchvision's, timm's), its .index.json, or a model of retort; none: "
                         "fresh ones"},
                init);
  visitor.visit({.name = "init_head",
                 .help = "false: the last layer starts fresh; the file is for other classes"},
                init_head);
}

namespace {

template <class... Kinds>
ZooNetwork network_of(std::string_view kind, const std::variant<Kinds...>&) {
  ZooNetwork network;
  const bool found = ((Kinds::kind == kind && (network = Kinds{}, true)) || ...);
  if (found) return network;
  throw Error(ExitCode::model, fmt::format("no network '{}'{}", printable(kind),
                                           suggest(kind, {std::string(Kinds::kind)...})));
}

// What a network with a size of its own sees of images.
Shape input_of(const std::vector<int64_t>& size, const Shape& images) {
  if (size.empty()) return images;
  if (size.size() > 2 || images.size() != 3) {
    throw Error(ExitCode::model,
                fmt::format("size: wanted one side, or height and width, of images, got {} numbers "
                            "for {}",
                            size.size(), shape_text(images)));
  }
  return {images[0], size.front(), size.back()};
}

}  // namespace

ZooNetwork network_named(std::string_view kind) {
  return network_of(kind, ZooNetwork());
}

Graph build_graph(const ModelSettings& settings, const Shape& input,
                  const std::vector<std::string>& classes) {
  const auto count = static_cast<int64_t>(classes.size());
  const Shape seen = input_of(settings.size, input);
  Graph graph =
      std::visit([&](const auto& kind) { return kind.build(seen, count); }, settings.network);
  graph.classes = classes;
  graph.normalisation = {settings.normalise.mean, settings.normalise.deviation};
  check_normalisation(graph);
  return graph;
}

}  // namespace retort
