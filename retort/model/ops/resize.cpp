#include <ATen/ops/tensor.h>
#include <ATen/ops/upsample_bilinear2d.h>
#include <ATen/ops/upsample_nearest2d.h>

#include <cmath>

#include "retort/model/ops/inputs.hpp"

namespace retort {
namespace {

bool is_nearest(const Node& node) {
  return text(node, "mode") == "nearest";
}

Shape shape(const Node& node, const Shapes& inputs) {
  const Shape& image = only_image(node, inputs);
  const std::vector<int64_t>& size = sizes_of(node, "size", 2, 1);
  if (!is_nearest(node) && text(node, "mode") != "bilinear") {
    misfit(node, "wanted mode = nearest or bilinear, got '{}'", printable(text(node, "mode")));
  }
  return {image[0], size[0], size[1]};
}

// nearest: the pixel at floor(x * from / to); bilinear: between the centres of pixels.
Tensor forward(const Node& node, std::span<const Tensor> inputs, std::span<const Tensor>,
               const PassMode&, uint64_t) {
  const std::vector<int64_t>& size = integers(node, "size");
  if (is_nearest(node)) return at::upsample_nearest2d(inputs[0], size);
  return at::upsample_bilinear2d(inputs[0], size, /*align_corners=*/false);
}

int64_t scaled(int64_t from, float scale) {
  return static_cast<int64_t>(std::floor(static_cast<double>(from) * static_cast<double>(scale)));
}

// The least fp32 number that leads to this size.
float scale_to(int64_t from, int64_t to) {
  float scale = static_cast<float>(to) / static_cast<float>(from);
  while (scaled(from, scale) < to) scale = std::nextafter(scale, HUGE_VALF);
  return scale;
}

// By scales, since sizes would fix the batch.
void to_onnx(const Node& node, const Shapes& inputs, OnnxFragment& onnx) {
  const Shape& image = inputs[0];
  const std::vector<int64_t>& size = integers(node, "size");
  const std::vector<float> scales = {1, 1, scale_to(image[1], size[0]),
                                     scale_to(image[2], size[1])};
  const bool nearest = is_nearest(node);
  Attributes attributes = {
      {"mode", std::string(nearest ? "nearest" : "linear")},
      {"coordinate_transformation_mode", std::string(nearest ? "asymmetric" : "half_pixel")}};
  if (nearest) attributes["nearest_mode"] = std::string("floor");
  onnx.result("Resize", {onnx.input(0), "", onnx.constant(at::tensor(scales, at::kFloat))},
              attributes);
}

// Resize has the scales at 2 (from opset 11 on) and sizes at 3; Upsample and Resize 10 at 1 or, up
// to opset 8, as an attribute.
Shape size_from_onnx(const OnnxNode& node, const OnnxSource& source) {
  const Shape& image = source.graph.shape(node.inputs.at(0));
  if (image.size() != 3) refuse(node, "wanted an image [N, C, H, W]");
  if (onnx_has(node, 3)) {
    const std::vector<int64_t> sizes = integers_of(onnx_wanted_constant(node, 3, source));
    if (sizes.size() != 4 || sizes[1] != image[0]) refuse(node, "wanted a size of 4 dimensions");
    return {sizes[2], sizes[3]};
  }
  Tensor scales;
  if (const auto list = node.attributes.find("scales"); list != node.attributes.end()) {
    const auto* numbers = std::get_if<std::vector<double>>(&list->second);
    if (numbers == nullptr) refuse(node, "'scales' is of the wrong type");
    scales = at::tensor(*numbers, at::kFloat);
  } else {
    const bool old = node.op_type == "Upsample" || source.opset < 11;
    scales = onnx_wanted_constant(node, old ? 1 : 2, source).to(at::kFloat).reshape({-1});
  }
  if (scales.numel() != 4) refuse(node, "wanted scales of 4 dimensions");
  const auto scale = [&](int64_t i) { return scales.select(0, i).item<float>(); };
  if (scale(0) != 1 || scale(1) != 1) refuse(node, "it resizes the batch or the channels");
  if (!(scale(2) > 0 && scale(2) < 1e4F && scale(3) > 0 && scale(3) < 1e4F)) {
    refuse(node, "impossible scales");
  }
  return {scaled(image[1], scale(2)), scaled(image[2], scale(3))};
}

ImportedNodes from_onnx(const OnnxNode& node, const OnnxSource& source) {
  const bool old = node.op_type == "Upsample" || source.opset < 11;
  const std::string mode = onnx_text(node, "mode", "nearest");
  const bool nearest = mode == "nearest";
  const std::string places =
      onnx_text(node, "coordinate_transformation_mode", old ? "asymmetric" : "half_pixel");
  const std::string rounding =
      onnx_text(node, "nearest_mode", old ? "floor" : "round_prefer_floor");
  const bool known =
      nearest ? places == "asymmetric" && rounding == "floor"
              : mode == "linear" && (places == "half_pixel" || places == "pytorch_half_pixel");
  if (!known) {
    refuse(node, fmt::format("mode '{}' with '{}' and '{}'", printable(mode), printable(places),
                             printable(rounding)));
  }
  return imported(node, "resize",
                  {{"mode", std::string(nearest ? "nearest" : "bilinear")},
                   {"size", size_from_onnx(node, source)}});
}

}  // namespace

Op resize_op() {
  return {.name = "resize",
          .help = "an image of another size: nearest or bilinear",
          .shape = shape,
          .forward = forward,
          .to_onnx = to_onnx,
          .onnx_types = {"Resize", "Upsample"},
          .from_onnx = from_onnx};
}

}  // namespace retort
