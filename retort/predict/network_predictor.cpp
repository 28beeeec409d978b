#include <ATen/core/grad_mode.h>
#include <fmt/format.h>

#include <algorithm>

#include "retort/model/model_file.hpp"
#include "retort/onnx/onnx_file.hpp"
#include "retort/predict/predictor.hpp"

namespace retort {
namespace {

// What the last node of a graph goes by, whatever its name.
constexpr std::string_view logits_name = "logits";

}  // namespace

NamedTensors NetworkPredictor::predict(const Tensor& images, const Names& wanted) const {
  const at::NoGradGuard no_gradient;
  const std::vector<std::string> nodes = network_.graph().names();
  Names asked;
  for (const std::string& name : wanted) {
    const bool alias =
        name == logits_name && std::find(nodes.begin(), nodes.end(), name) == nodes.end();
    asked.push_back(alias ? network_.graph().output() : name);
  }
  const NamedTensors values = network_.forward(images, asked);
  NamedTensors result;
  for (size_t i = 0; i < wanted.size(); ++i) result.set(wanted[i], values.at(asked[i]));
  return result;
}

std::vector<OutputInfo> NetworkPredictor::outputs() const {
  std::vector<OutputInfo> result;
  for (const std::string& name : network_.graph().names()) {
    result.push_back({name, network_.graph().shape(name)});
  }
  return result;
}

Fingerprint NetworkPredictor::fingerprint() const {
  std::string bytes = graph_to_json(network_.graph());
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
