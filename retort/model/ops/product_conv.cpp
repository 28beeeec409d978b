#include "retort/model/ops/product_conv.hpp"

#include <ATen/Parallel.h>
#include <ATen/ops/convolution_backward.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/mm.h>
#include <torch/csrc/autograd/custom_function.h>

#include <cstring>

namespace retort {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

struct Size {
  int64_t height = 0, width = 0;
};

Size size_after(const Tensor& image, const Window& window) {
  const auto places = [&](size_t direction) {
    const int64_t pixels = image.size(static_cast<int64_t>(direction) + 2);
    return (pixels + window.padding_of(direction) - window.extent(direction)) /
               window.stride[direction] +
           1;
  };
  return {places(0), places(1)};
}

// Whether every place of the window is one pixel of the image.
bool is_of_pixels(const Window& window) {
  const std::vector<int64_t> ones = {1, 1};
  return window.kernel == ones && window.stride == ones && window.padding_of(0) == 0 &&
         window.padding_of(1) == 0;
}

// [N, C, H, W] channels-last as a row of channels for every pixel, and back.
Tensor rows_of(const Tensor& image) {
  return image.permute({0, 2, 3, 1}).reshape({-1, image.size(1)});
}
Tensor image_of(const Tensor& rows, int64_t images, Size size) {
  return rows.reshape({images, size.height, size.width, rows.size(1)}).permute({0, 3, 1, 2});
}

// What the window sees at every place, a row for each: [N places, kernel pixels times C].
Tensor windows_of(const Tensor& any_image, const Window& window) {
  if (is_of_pixels(window)) return rows_of(any_image);
  const Tensor image = any_image.contiguous(at::MemoryFormat::ChannelsLast);
  const int64_t height = image.size(2), width = image.size(3);
  const int64_t pixel_bytes = image.size(1) * image.element_size();
  const int64_t kernel_pixels = window.kernel[0] * window.kernel[1];
  const Size size = size_after(image, window);
  const Tensor result = at::empty(
      {image.size(0) * size.height * size.width, kernel_pixels * image.size(1)}, image.options());
  const auto* pixels = static_cast<const std::byte*>(image.const_data_ptr());
  auto* rows = static_cast<std::byte*>(result.mutable_data_ptr());
  const auto copy_row = [&](int64_t row) {
    const int64_t top = row / size.width % size.height * window.stride[0] - window.padding[0];
    const int64_t left = row % size.width * window.stride[1] - window.padding[1];
    const std::byte* from =
        pixels + row / (size.height * size.width) * height * width * pixel_bytes;
    std::byte* to = rows + row * kernel_pixels * pixel_bytes;
    for (int64_t y = top; y < top + window.kernel[0]; ++y) {
      for (int64_t x = left; x < left + window.kernel[1]; ++x, to += pixel_bytes) {
        const bool inside = y >= 0 && y < height && x >= 0 && x < width;
        const auto bytes = static_cast<size_t>(pixel_bytes);
        if (inside) std::memcpy(to, from + (y * width + x) * pixel_bytes, bytes);
        if (!inside) std::memset(to, 0, bytes);
      }
    }
  };
  at::parallel_for(0, result.size(0), 64, [&](int64_t first, int64_t last) {
    for (int64_t row = first; row < last; ++row) copy_row(row);
  });
  return result;
}

struct ProductConv : torch::autograd::Function<ProductConv> {
  static Tensor forward(AutogradContext* context, const Tensor& image, const Tensor& weight,
                        const std::optional<Tensor>& bias, const Window& window) {
    const Tensor windows = windows_of(image, window);
    context->save_for_backward({image, weight, windows});
    context->saved_data["stride"] = window.stride;
    context->saved_data["padding"] = std::vector{window.padding[0], window.padding[1]};
    context->saved_data["has_bias"] = bias.has_value();
    context->saved_data["of_pixels"] = is_of_pixels(window);
    return image_of(at::linear(windows, flat_weight(weight), bias), image.size(0),
                    size_after(image, window));
  }

  static variable_list backward(AutogradContext* context, const variable_list& upstream) {
    const variable_list saved = context->get_saved_variables();
    const Tensor &image = saved[0], &weight = saved[1], &windows = saved[2];
    const Tensor gradient = upstream[0].contiguous(at::MemoryFormat::ChannelsLast);
    const Tensor rows = rows_of(gradient);
    const Tensor of_weight =
        at::mm(rows.t(), windows)
            .reshape({weight.size(0), weight.size(2), weight.size(3), weight.size(1)})
            .permute({0, 3, 1, 2});
    Tensor of_image, of_bias;
    if (context->saved_data["has_bias"].toBool()) of_bias = rows.sum(0);
    if (!context->needs_input_grad(0)) return {of_image, of_weight, of_bias, {}};
    if (context->saved_data["of_pixels"].toBool()) {
      of_image = image_of(at::mm(rows, flat_weight(weight)), image.size(0),
                          {image.size(2), image.size(3)});
    } else {  // as windows it would have to be added up again, pixel by pixel
      of_image = std::get<0>(at::convolution_backward(
          gradient, image, weight, std::nullopt, context->saved_data["stride"].toIntVector(),
          context->saved_data["padding"].toIntVector(), /*dilation=*/{1, 1}, /*transposed=*/false,
          /*output_padding=*/{0, 0}, /*groups=*/1, {true, false, false}));
    }
    return {of_image, of_weight, of_bias, {}};
  }
};

}  // namespace

bool product_conv_takes(const Shape& image, const Window& window, int64_t groups) {
  constexpr int64_t most_pixels = 16;
  return groups == 1 && image.at(1) * image.at(2) <= most_pixels && window.is_symmetric() &&
         window.dilation == std::vector<int64_t>{1, 1};
}

Tensor product_conv(const Tensor& image, const Tensor& weight, const std::optional<Tensor>& bias,
                    const Window& window) {
  return ProductConv::apply(image, weight, bias, window);
}

Tensor flat_weight(const Tensor& weight) {
  return weight.permute({0, 2, 3, 1}).reshape({weight.size(0), -1});
}

Tensor product_conv_by_flat(const Tensor& image, const Tensor& flat_weight,
                            const std::optional<Tensor>& bias, const Window& window) {
  return image_of(at::linear(windows_of(image, window), flat_weight, bias), image.size(0),
                  size_after(image, window));
}

}  // namespace retort
