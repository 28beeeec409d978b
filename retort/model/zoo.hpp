#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "retort/config/field.hpp"
#include "retort/model/zoo/deit.hpp"
#include "retort/model/zoo/imagenet.hpp"
#include "retort/model/zoo/lenet.hpp"
#include "retort/model/zoo/light_cifar.hpp"
#include "retort/model/zoo/mlp.hpp"
#include "retort/model/zoo/resnet_cifar.hpp"
#include "retort/model/zoo/vgg_cifar.hpp"
#include "retort/model/zoo/wide_resnet.hpp"

namespace retort {

/// The table of networks that can be asked for by name; each has its file in zoo/.
using ZooNetwork = std::variant<
    Mlp, PublishedNetwork<lenet5>, PublishedNetwork<resnet8>, PublishedNetwork<resnet14>,
    PublishedNetwork<resnet20>, PublishedNetwork<resnet32>, PublishedNetwork<resnet56>,
    PublishedNetwork<resnet110>, PublishedNetwork<resnet14x2>, PublishedNetwork<resnet8x4>,
    PublishedNetwork<resnet32x4>, PublishedNetwork<wrn_16_1>, PublishedNetwork<wrn_16_2>,
    PublishedNetwork<wrn_40_1>, PublishedNetwork<wrn_40_2>, PublishedNetwork<vgg8>,
    PublishedNetwork<vgg13>, PublishedNetwork<mobilenetv2_half>, PublishedNetwork<shufflenetv1>,
    PublishedNetwork<shufflenetv2>, PublishedNetwork<resnet18>, PublishedNetwork<resnet34>,
    PublishedNetwork<resnet50>, PublishedNetwork<vgg16>, PublishedNetwork<squeezenet1_1>,
    PublishedNetwork<mobilenet_v2>, PublishedNetwork<mobilenet_v3_small>,
    PublishedNetwork<shufflenet_v2_x1_0>, Deit>;

/// Mean and deviation of every channel: what the network sees is (pixel - mean) / deviation.
struct NormaliseSettings {
  std::vector<double> mean;
  std::vector<double> deviation;
  void describe(FieldVisitor& visitor);
};

/// A network of an experiment: `model = { kind = "mlp", widths = [300, 300] }`.
struct ModelSettings {
  ZooNetwork network;
  std::vector<int64_t> size;  // one side, or height and width; empty: the images'
  NormaliseSettings normalise;
  std::string init;       // a file of weights to start from; empty: fresh ones
  bool init_head = true;  // what makes the classes starts from it too
  void describe(FieldVisitor& visitor);
};

/// The network of this name with its default settings. Throws Error (model) that names the nearest.
ZooNetwork network_named(std::string_view kind);

/// The graph for images of this shape, or of the settings' size, and these classes. Throws Error
/// (model) that says what does not fit.
Graph build_graph(const ModelSettings& settings, const Shape& input,
                  const std::vector<std::string>& classes);

}  // namespace retort
