#include <ATen/ops/tensor.h>
#include <ATen/ops/upsample_bilinear2d.h>
#include <ATen/ops/upsample_nearest2d.h>

#include <cmath>

#include "retort/model/onnx_batch.hpp"
#include "retort/model/ops/inputs.hpp"

namespace retort {
namespace {

bool is_nearest(const Node& node) {
  return text(node, "mode") == "nearest";
}

bool keeps_corners(const Node& node) {
  return text(node, "mode") == "bilinear_corners";
}

Shape shape(const Node& node, const Shapes& inputs) {
  const Shape& image = only_image(node, inputs);
  const std::vector<int64_t>& size = sizes_of(node, "size", 2, 1);
  if (!is_nearest(node) && !keeps_corners(node) && text(node, "mode") != "bilinear") {
    misfit(node, "wanted mode = nearest, bilinear or bilinear_corners, got '{}'",
           printable(text(node, "mode")));
  }
  return {image[0], size[0], size[1]};
}

// nearest: the pixel at floor(x * from / to); bilinear: between the centres of pixels, or with
// corners on corners.
Tensor forward(const Node& node, std::span<const Tensor> inputs, std::span<const Tensor>,
               const PassMode&, uint64_t) {
  const std::vector<int64_t>& size = integers(node, "size");
  if (is_nearest(node)) return at::upsample_nearest2d(inputs[0], size);
  return at::upsample_bilinear2d(inputs[0], size, /*align_corners=*/keeps_corners(node));
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
      {"coordinate_transformation_mode", std::string(nearest               ? "asymmetric"
                                                     : keeps_corners(node) ? "align_corners"
                                                                           : "half_pixel")}};
  if (nearest) attributes["nearest_mode"] = std::string("floor");
  onnx.result("Resize", {onnx.input(0), "", onnx.constant(at::tensor(scales, at::kFloat))},
              attributes);
}

// The scales of a node: Resize has them at 2 (from opset 11 on), Upsample and Resize 10 at 1 or, up
// to opset 8, as an attribute.
std::vector<double> scales_from_onnx(const OnnxNode& node, const OnnxSource& source) {
  if (const auto list = node.attributes.find("scales"); list != node.attributes.end()) {
    const auto* numbers = std::get_if<std::vector<double>>(&list->second);
    if (numbers == nullptr) refuse(node, "'scales' is of the wrong type");
    return *numbers;
  }
  const bool old = node.op_type == "Upsample" || source.opset < 11;
  const Tensor row = onnx_wanted_constant(node, old ? 1 : 2, source).to(at::kDouble).reshape({-1});
  const Tensor numbers = row.contiguous();
  return {numbers.const_data_ptr<double>(), numbers.const_data_ptr<double>() + numbers.numel()};
}

// Height or width that a scale leads to. Other libraries go on with a scale that leads to no whole
// number of pixels; here the size alone counts.
int64_t size_by_scale(const OnnxNode& node, int64_t from, double scale) {
  const double size = static_cast<double>(from) * scale;
  if (!(scale > 0 && size < 1e6 && std::abs(size - std::round(size)) < 1e-3 && size > 0.5)) {
    refuse(node, fmt::format("{} pixels times {} are no whole number", from, scale));
  }
  return static_cast<int64_t>(std::round(size));
}

// Sizes at 3, or scales; from opset 18 on of some axes only.
Shape size_from_onnx(const OnnxNode& node, const OnnxSource& source) {
  Shape size = onnx_shape(node, 0, source);
  if (size.size() != 3) refuse(node, "wanted an image [N, C, H, W]");
  const Shape image = size;
  std::vector<int64_t> axes = onnx_integers(node, "axes", {0, 1, 2, 3});
  const bool by_sizes = onnx_has(node, 3);
  const OnnxSizes sizes = by_sizes ? onnx_sizes(node, 3, source) : OnnxSizes{};
  const std::vector<double> scales =
      by_sizes ? std::vector<double>() : scales_from_onnx(node, source);
  if ((by_sizes ? sizes.fixed.size() : scales.size()) != axes.size()) {
    refuse(node, "wanted one size or scale a dimension");
  }
  for (size_t i = 0; i < axes.size(); ++i) {
    const size_t axis = onnx_axis(node, axes[i], 4);
    if (axis > 0) {
      size[axis - 1] = by_sizes ? sizes.fixed[i] : size_by_scale(node, size[axis - 1], scales[i]);
    }
    const bool stays =
        axis > 0 ||
        (by_sizes ? sizes.batches[i] == 1 || sizes.fixed[i] == source.batch : scales[i] == 1);
    if (!stays || size[0] != image[0]) refuse(node, "it resizes the batch or the channels");
  }
  return {size[1], size[2]};
}

// Where the pixels of a nearest resize come from: with a whole factor most ways of rounding agree.
bool is_floor(const std::string& places, const std::string& rounding, const Shape& from,
              const Shape& to) {
  if (places == "asymmetric" && rounding == "floor") return true;
  const bool whole = to[0] % from[1] == 0 && to[1] % from[2] == 0;
  if (places == "tf_half_pixel_for_nn") return whole && rounding == "floor";
  const bool rounds = rounding == "round_prefer_floor" || rounding == "round_prefer_ceil";
  return (places == "half_pixel" || places == "pytorch_half_pixel") && whole && rounds;
}

ImportedNodes from_onnx(const OnnxNode& node, const OnnxSource& source) {
  const bool old = node.op_type == "Upsample" || source.opset < 11;
  const std::string mode = onnx_text(node, "mode", "nearest");
  const bool nearest = mode == "nearest";
  const std::string places =
      onnx_text(node, "coordinate_transformation_mode", old ? "asymmetric" : "half_pixel");
  const std::string rounding =
      onnx_text(node, "nearest_mode", old ? "floor" : "round_prefer_floor");
  const Shape& image = onnx_shape(node, 0, source);
  const Shape size = size_from_onnx(node, source);
  const bool corners = places == "align_corners";
  const bool centres =
      places == "half_pixel" || (places == "pytorch_half_pixel" && size[0] > 1 && size[1] > 1);
  const bool known = nearest ? is_floor(places, rounding, image, size)
                             : (mode == "linear" || mode == "bilinear") && (corners || centres);
  if (!known || onnx_integer(node, "antialias", 0) != 0 ||
      onnx_text(node, "keep_aspect_ratio_policy", "stretch") != "stretch") {
    refuse(node, fmt::format("mode '{}' with '{}' and '{}'", printable(mode), printable(places),
                             printable(rounding)));
  }
  const std::string ours = nearest ? "nearest" : corners ? "bilinear_corners" : "bilinear";
  return imported(node, "resize", {{"mode", ours}, {"size", size}});
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
