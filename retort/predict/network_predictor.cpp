#include <ATen/core/grad_mode.h>
#include "retort/model/model_file.hpp"
#include "retort/onnx/onnx_file.hpp"
#include "retort/predict/predictor.hpp"

namespace retort {

NamedTensors NetworkPredictor::predict(const Tensor& images, const Names& wanted) const {
  const at::NoGradGuard no_gradient;
  return network_.forward(images, wanted);
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
