#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>

#include <algorithm>

#include "retort/model/model_file.hpp"
#include "retort/onnx/onnx_file.hpp"
#include "retort/predict/predictor.hpp"

namespace retort {

namespace {

bool has_convolutions(const Graph& graph) {
  return std::any_of(graph.nodes().begin(), graph.nodes().end(),
                     [](const Node& node) { return node.op == "conv"; });
}

// What a file of somebody else calls its values are aliases, which the frozen network has not.
Names own_names(const Graph& graph, const Names& wanted) {
  Names result;
  for (const std::string& name : wanted) {
    const bool is_own = name == Graph::input_name || name == Graph::output_name;
    result.push_back(is_own ? name : graph.nodes()[graph.position(name)].name);
  }
  return result;
}

}  // namespace

NetworkPredictor::NetworkPredictor(Model model, bool bf16)
    : network_(std::move(model)), bf16_(bf16) {
  if (has_convolutions(network_.graph())) frozen_ = Network::frozen(network_.model(), bf16);
}

// A node that was folded away is asked of the whole network.
bool NetworkPredictor::frozen_answers(const Names& wanted) const {
  return std::all_of(wanted.begin(), wanted.end(), [&](const std::string& name) {
    return name == Graph::input_name || name == Graph::output_name ||
           frozen_->graph().contains(name);
  });
}

NamedTensors NetworkPredictor::predict(const Tensor& images, const Names& wanted) const {
  const at::NoGradGuard no_gradient;
  const Names own = own_names(network_.graph(), wanted);
  if (!frozen_ || !frozen_answers(own)) return network_.forward(images, wanted);
  constexpr int64_t most = Network::frozen_images;
  std::vector<Tensor> batches = {images};
  if (images.dim() > 0 && images.size(0) > most) batches = images.split(most);
  std::vector<NamedTensors> parts;
  for (const Tensor& batch : batches) parts.push_back(frozen_->forward(batch, own));
  NamedTensors result;
  for (size_t i = 0; i < wanted.size(); ++i) {
    std::vector<Tensor> rows;
    for (const NamedTensors& part : parts) rows.push_back(part.at(own[i]));
    result.set(wanted[i], rows.size() == 1 ? rows[0] : at::cat(rows));
  }
  return result;
}

std::shared_ptr<const Predictor> NetworkPredictor::in_bf16() const {
  if (!frozen_) return nullptr;
  return std::make_shared<NetworkPredictor>(network_.model(), /*bf16=*/true);
}

std::vector<OutputInfo> NetworkPredictor::outputs() const {
  std::vector<OutputInfo> result;
  for (const std::string& name : network_.graph().names()) {
    result.push_back({name, network_.graph().shape(name)});
  }
  return result;
}

std::string NetworkPredictor::features() const {
  return network_.graph().features();
}

Fingerprint NetworkPredictor::fingerprint() const {
  std::string bytes = graph_to_json(network_.graph());
  if (bf16_) bytes += "bf16";
  for (const auto& [name, tensor] : network_.weights()) {
    const Tensor values = tensor.contiguous();
    bytes += name;
    bytes.append(static_cast<const char*>(values.data_ptr()), values.nbytes());
  }
  return fingerprint_of(bytes);
}

Model open_model(const Path& path) {
  return path.extension() == ".onnx" ? read_onnx(path) : load_model(path);
}

}  // namespace retort
