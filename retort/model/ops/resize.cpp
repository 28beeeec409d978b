#include <ATen/TensorAccessor.h>
#include <ATen/ops/index_select.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/upsample_bilinear2d.h>
#include <ATen/ops/upsample_nearest2d.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "retort/model/onnx_batch.hpp"
#include "retort/model/ops/inputs.hpp"
#include "retort/model/ops/resize_axis.hpp"

namespace retort {
namespace {

constexpr std::array<std::string_view, 2> scale_names = {"height_scale", "width_scale"};

constexpr std::array<std::string_view, 2> modes = {"nearest", "bilinear"};

bool is_nearest(const Node& node) {
  return text(node, "mode") == "nearest";
}

bool is_one_of(std::string_view word, std::span<const std::string_view> all) {
  return std::ranges::find(all, word) != all.end();
}

void check_one_of(const Node& node, std::string_view attribute,
                  std::span<const std::string_view> all) {
  const std::string& word = text(node, attribute);
  if (!is_one_of(word, all)) {
    misfit(node, "wanted {} = {}, got '{}'", attribute, fmt::join(all, ", "), printable(word));
  }
}

Shape shape(const Node& node, const Shapes& inputs) {
  const Shape& image = only_image(node, inputs);
  const std::vector<int64_t>& size = sizes_of(node, "size", 2, 1);
  check_one_of(node, "mode", modes);
  check_one_of(node, "coordinates", ResizedAxis::all_coordinates);
  if (is_nearest(node)) check_one_of(node, "rounding", ResizedAxis::all_roundings);
  for (size_t axis = 0; axis < 2; ++axis) {
    const std::string_view name = scale_names[axis];
    const double scale = number(node, name);
    if (!(scale > 1e-6 && scale < 1e6)) {
      misfit(node, "wanted {} from 0.000001 to 1000000, got {}", name, scale);
    }
    const double exact = static_cast<double>(image[axis + 1]) * scale;
    if (std::abs(static_cast<double>(size[axis]) - exact) > 1) {
      misfit(node, "{} pixels times {} are not {}", image[axis + 1], scale, size[axis]);
    }
  }
  return {image[0], size[0], size[1]};
}

ResizedAxis axis_of_image(const Node& node, const Tensor& image, size_t axis) {
  return {text(node, "coordinates"), image.size(static_cast<int64_t>(axis) + 2),
          integers(node, "size")[axis], static_cast<float>(number(node, scale_names[axis]))};
}

Tensor nearest_pixels(const ResizedAxis& axis, std::string_view rounding) {
  std::vector<int64_t> pixels;
  for (int64_t i = 0; i < axis.to; ++i) pixels.push_back(axis.nearest(i, rounding));
  return at::tensor(pixels, at::kLong);
}

// [to, from]: how much of each pixel of the old image is in each of the new one.
Tensor shares_of_pixels(const ResizedAxis& axis, at::ScalarType type) {
  Tensor shares = at::zeros({axis.to, axis.from}, at::kFloat);
  auto rows = shares.accessor<float, 2>();
  for (int64_t i = 0; i < axis.to; ++i) {
    const float place = axis.place(i);
    const auto below = static_cast<int64_t>(place);
    const float rest = place - static_cast<float>(below);
    rows[i][below] = 1 - rest;
    if (rest > 0) rows[i][below + 1] = rest;
  }
  return shares.to(type);
}

// nearest: the pixel that the rounding leads to. bilinear: a mean of the four around the place,
// which are shares of rows times shares of columns. The common forms have kernels of their own.
Tensor forward(const Node& node, std::span<const Tensor> inputs, std::span<const Tensor>,
               const PassMode&, uint64_t) {
  const Tensor& image = inputs[0];
  const std::vector<int64_t>& size = integers(node, "size");
  const std::string& coordinates = text(node, "coordinates");
  const ResizedAxis rows = axis_of_image(node, image, 0);
  const ResizedAxis columns = axis_of_image(node, image, 1);
  if (is_nearest(node)) {
    const std::string& rounding = text(node, "rounding");
    const bool plain = coordinates == "asymmetric" && rounding == "floor";
    if (plain && rows.repeats() && columns.repeats()) return at::upsample_nearest2d(image, size);
    return image.index_select(2, nearest_pixels(rows, rounding))
        .index_select(3, nearest_pixels(columns, rounding));
  }
  const bool corners = coordinates == "align_corners";
  if ((corners || coordinates == "half_pixel") && rows.fits() && columns.fits()) {
    return at::upsample_bilinear2d(image, size, corners);
  }
  const Tensor higher = at::matmul(shares_of_pixels(rows, image.scalar_type()), image);
  return at::matmul(higher, shares_of_pixels(columns, image.scalar_type()).t());
}

int64_t scaled(int64_t from, float scale) {
  return static_cast<int64_t>(std::floor(static_cast<double>(from) * static_cast<double>(scale)));
}

// The least fp32 number from the node's own on that leads to this size.
float scale_to(int64_t from, int64_t to, double scale) {
  auto least = static_cast<float>(scale);
  while (scaled(from, least) < to) least = std::nextafter(least, HUGE_VALF);
  return least;
}

// By scales, since sizes would fix the batch.
void to_onnx(const Node& node, const Shapes& inputs, OnnxFragment& onnx) {
  const Shape& image = inputs[0];
  const std::vector<int64_t>& size = integers(node, "size");
  const std::vector<float> scales = {1, 1,
                                     scale_to(image[1], size[0], number(node, scale_names[0])),
                                     scale_to(image[2], size[1], number(node, scale_names[1]))};
  const bool nearest = is_nearest(node);
  Attributes attributes = {{"mode", std::string(nearest ? "nearest" : "linear")},
                           {"coordinate_transformation_mode", text(node, "coordinates")}};
  if (nearest) attributes["nearest_mode"] = text(node, "rounding");
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

// In fp32, as other software multiplies.
int64_t size_by_scale(const OnnxNode& node, int64_t from, double scale) {
  const float size = std::floor(static_cast<float>(from) * static_cast<float>(scale));
  if (!(size >= 1 && size < 1e6f)) {
    refuse(node, fmt::format("{} pixels times {} are no size", from, scale));
  }
  return static_cast<int64_t>(size);
}

struct Resized {
  Shape size;
  std::vector<double> scales;
};

// Sizes at 3, or scales; from opset 18 on of some axes only.
Resized resized_from_onnx(const OnnxNode& node, const OnnxSource& source) {
  const Shape image = onnx_shape(node, 0, source);
  if (image.size() != 3) refuse(node, "wanted an image [N, C, H, W]");
  Shape size = image;
  std::vector<double> factors(3, 1);
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
      const int64_t from = image[axis - 1];
      const int64_t to = by_sizes ? sizes.fixed[i] : size_by_scale(node, from, scales[i]);
      const double whole = static_cast<double>(to) / static_cast<double>(from);
      // A file's scale is that of the sizes but for its rounding, or leaves a part of a pixel.
      const bool exact = by_sizes || std::abs(scales[i] - whole) < 1e-5 * whole;
      size[axis - 1] = to;
      factors[axis - 1] = exact ? whole : scales[i];
    }
    const bool stays =
        axis > 0 ||
        (by_sizes ? sizes.batches[i] == 1 || sizes.fixed[i] == source.batch : scales[i] == 1);
    if (!stays || size[0] != image[0]) refuse(node, "it resizes the batch or the channels");
  }
  if (size == image) factors = {1, 1, 1};  // other software copies it, whatever the scales
  return {{size[1], size[2]}, {factors[1], factors[2]}};
}

// Before opset 11 the rounding was not said: other software takes the pixel below where the image
// grows and the one above where it shrinks.
std::string rounding_from_onnx(const OnnxNode& node, const Resized& resized, bool old) {
  if (!old) return onnx_text(node, "nearest_mode", "round_prefer_floor");
  const auto [least, most] = std::ranges::minmax(resized.scales);
  if (least < 1 && most > 1)
    refuse(node, "before opset 11 it shrinks one axis and grows the other");
  return least < 1 ? "ceil" : "floor";
}

// An image that grows by whole factors is the same by most ways of rounding.
bool only_repeats(const std::string& coordinates, const std::string& rounding, const Shape& image,
                  const Resized& resized) {
  for (size_t axis = 0; axis < 2; ++axis) {
    const ResizedAxis as_it_is{coordinates, image[axis + 1], resized.size[axis],
                               static_cast<float>(resized.scales[axis])};
    if (!as_it_is.repeats()) return false;
    for (int64_t i = 0; i < as_it_is.to; ++i) {
      if (as_it_is.nearest(i, rounding) != i * as_it_is.from / as_it_is.to) return false;
    }
  }
  return true;
}

ImportedNodes from_onnx(const OnnxNode& node, const OnnxSource& source) {
  const bool old = node.op_type == "Upsample" || source.opset < 11;
  const std::string mode = onnx_text(node, "mode", "nearest");
  const bool nearest = mode == "nearest";
  std::string coordinates =
      onnx_text(node, "coordinate_transformation_mode", old ? "asymmetric" : "half_pixel");
  const Resized resized = resized_from_onnx(node, source);
  std::string rounding = nearest ? rounding_from_onnx(node, resized, old) : "";
  const bool known = is_one_of(coordinates, ResizedAxis::all_coordinates) &&
                     (nearest ? is_one_of(rounding, ResizedAxis::all_roundings)
                              : mode == "linear" || mode == "bilinear");
  if (!known || onnx_integer(node, "antialias", 0) != 0 ||
      onnx_text(node, "keep_aspect_ratio_policy", "stretch") != "stretch") {
    refuse(node, fmt::format("mode '{}' with '{}' and '{}'", printable(mode),
                             printable(coordinates), printable(rounding)));
  }
  Attributes attributes = {{"mode", std::string(nearest ? "nearest" : "bilinear")},
                           {"size", resized.size},
                           {"height_scale", resized.scales[0]},
                           {"width_scale", resized.scales[1]}};
  if (nearest) {
    if (only_repeats(coordinates, rounding, onnx_shape(node, 0, source), resized)) {
      coordinates = "asymmetric";
      rounding = "floor";
    }
    attributes["rounding"] = rounding;
  } else if (coordinates == "pytorch_half_pixel" && std::ranges::min(resized.size) > 1) {
    coordinates = "half_pixel";
  }
  attributes["coordinates"] = coordinates;
  return imported(node, "resize", attributes);
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
