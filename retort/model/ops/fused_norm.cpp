#include "retort/model/ops/fused_norm.hpp"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "retort/model/ops/inputs.hpp"
#include "retort/model/ops/norm_kernels.hpp"

namespace retort {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// How many pixels make a row whose width is a multiple of norm_lanes.
int64_t pixels_a_row(int64_t channels) {
  return norm_lanes / std::gcd(channels, norm_lanes);
}

// An image in rows, in parts of as equal size as can be. The parts do not depend on the number of
// threads, so neither do the sums over them.
struct Rows {
  explicit Rows(const Tensor& image)
      : channels(image.size(1)),
        pixels(image.numel() / channels),
        width(channels * pixels_a_row(channels)),
        count(image.numel() / width),
        part_count(std::clamp<int64_t>(count / 64, 1, 64)) {}

  int64_t begin(int64_t part) const { return part * count / part_count; }
  NormRows part(int64_t index) const { return {begin(index + 1) - begin(index), width}; }
  template <class Function>  // function(part, offset of its first value)
  void for_each_part(const Function& function) const {
    constexpr int64_t worth_a_thread = 1 << 15;  // values
    const int64_t parts = std::max<int64_t>(1, worth_a_thread * part_count / (count * width));
    at::parallel_for(0, part_count, parts, [&](int64_t first, int64_t last) {
      for (int64_t i = first; i < last; ++i) function(i, begin(i) * width);
    });
  }

  // Over what each part says of each pixel of a row: function(part, place of its first channel).
  template <class Function>
  void for_each_pixel_sum(const Function& function) const {
    for (int64_t part = 0; part < part_count; ++part) {
      for (int64_t at = part * width; at < (part + 1) * width; at += channels) {
        function(part, static_cast<size_t>(at));
      }
    }
  }
  // Of all pixels, those that one pixel of a row stands for in a part.
  double share(int64_t index) const {
    return static_cast<double>(part(index).count) / static_cast<double>(pixels);
  }

  int64_t channels, pixels, width, count, part_count;
};

// Calls the function with the image's values as the kernels know them.
template <class Function>
void with_values(const Tensor& image, const Function& function) {
  if (image.scalar_type() == at::kFloat) return function(float());
  function(uint16_t());
}

template <class Value>
Value* values_of(const Tensor& tensor) {
  return tensor.defined() ? static_cast<Value*>(tensor.data_ptr()) : nullptr;
}

// One number a channel, repeated for every pixel of a row.
struct Columns {
  explicit Columns(const Rows& rows) : values(static_cast<size_t>(rows.width)) {}
  template <class Function>
  Columns(const Rows& rows, const Function& of_channel) : Columns(rows) {
    for (int64_t i = 0; i < rows.width; ++i) {
      values[static_cast<size_t>(i)] =
          static_cast<float>(of_channel(static_cast<size_t>(i % rows.channels)));
    }
  }
  const float* data() const { return values.data(); }
  std::vector<float> values;
};

struct Moments {
  std::vector<double> mean, variance;  // of every channel; the variance divided by the pixels
};

// The parts' means and squares, joined (Chan, Golub, LeVeque 1983).
Moments moments_of(const Tensor& image, const Rows& rows) {
  const auto size = static_cast<size_t>(rows.part_count * rows.width);
  std::vector<float> means(size), squares(size);
  with_values(image, [&](auto value) {
    const auto* x = values_of<decltype(value)>(image);
    rows.for_each_part([&](int64_t part, int64_t at) {
      norm_moments(x + at, rows.part(part), &means[static_cast<size_t>(part * rows.width)],
                   &squares[static_cast<size_t>(part * rows.width)]);
    });
  });
  const auto channels = static_cast<size_t>(rows.channels);
  Moments result{std::vector<double>(channels), std::vector<double>(channels)};
  rows.for_each_pixel_sum([&](int64_t part, size_t at) {
    const double share = rows.share(part);
    for (size_t c = 0; c < channels; ++c) result.mean[c] += share * means[at + c];
  });
  rows.for_each_pixel_sum([&](int64_t part, size_t at) {
    const double share = rows.share(part), pixel = 1 / static_cast<double>(rows.pixels);
    for (size_t c = 0; c < channels; ++c) {
      const double distance = means[at + c] - result.mean[c];
      result.variance[c] += share * distance * distance + squares[at + c] * pixel;
    }
  });
  return result;
}

void move_running(const Moments& moments, const Rows& rows, double momentum,
                  const Tensor& running_mean, const Tensor& running_variance) {
  const auto pixels = static_cast<double>(rows.pixels);
  const auto move = [&](float& running, double now) {
    running = static_cast<float>((1 - momentum) * running + momentum * now);
  };
  for (size_t c = 0; c < moments.mean.size(); ++c) {
    move(running_mean.data_ptr<float>()[c], moments.mean[c]);
    move(running_variance.data_ptr<float>()[c], moments.variance[c] * pixels / (pixels - 1));
  }
}

// What the backward pass needs of the forward pass, one number a channel: x is mapped to
// (x - mean) inverse scale + shift.
struct Map {
  Map(const Rows& rows, const Tensor& numbers, const Tensor& weight)
      : mean(numbers.data_ptr<double>()),
        inverse(mean + rows.channels),
        scale(weight.data_ptr<float>()),
        slopes(rows, [&](size_t c) { return scale[c] * inverse[c]; }),
        offsets(rows, [&](size_t c) { return inverse[static_cast<size_t>(rows.channels) + c]; }) {}
  NormLine line(bool relu) const { return {slopes.data(), offsets.data(), relu}; }

  const double* mean;
  const double* inverse;  // of the deviation
  const float* scale;
  Columns slopes, offsets;
};

// [3, channels]: mean, inverse deviation, offset of the line.
Tensor numbers_of(const Moments& moments, const Tensor& weight, const Tensor& bias,
                  double epsilon) {
  const auto channels = static_cast<int64_t>(moments.mean.size());
  const Tensor numbers = at::empty({3, channels}, at::kDouble);
  double* mean = numbers.data_ptr<double>();
  double* inverse = mean + channels;
  double* offset = inverse + channels;
  for (size_t c = 0; c < moments.mean.size(); ++c) {
    mean[c] = moments.mean[c];
    inverse[c] = 1 / std::sqrt(moments.variance[c] + epsilon);
    offset[c] = bias.data_ptr<float>()[c] - mean[c] * inverse[c] * weight.data_ptr<float>()[c];
  }
  return numbers;
}

// Sums over all pixels of the gradient that passes the relu, and of it times (x - mean); where
// `output` is defined the passing gradient is written to `passed`.
struct GradientSums {
  std::vector<double> sum, product;
};

GradientSums gradient_sums(const Rows& rows, const Map& map, bool relu, const Tensor& image,
                           const Tensor& output, const Tensor& gradient, const Tensor& passed) {
  const Columns means(rows, [&](size_t c) { return map.mean[c]; });
  const auto size = static_cast<size_t>(rows.part_count * rows.width);
  std::vector<float> sums(size), products(size);
  with_values(image, [&](auto value) {
    using Value = decltype(value);
    const auto from = [](Value* values, int64_t at) {
      return values == nullptr ? nullptr : values + at;
    };
    rows.for_each_part([&](int64_t part, int64_t at) {
      const auto first = static_cast<size_t>(part * rows.width);
      norm_gradient_sums(values_of<Value>(image) + at, from(values_of<Value>(output), at),
                         values_of<Value>(gradient) + at, from(values_of<Value>(passed), at),
                         rows.part(part), map.line(relu), means.data(), &sums[first],
                         &products[first]);
    });
  });
  const auto channels = static_cast<size_t>(rows.channels);
  GradientSums result{std::vector<double>(channels), std::vector<double>(channels)};
  rows.for_each_pixel_sum([&](int64_t, size_t at) {
    for (size_t c = 0; c < channels; ++c) {
      result.sum[c] += sums[at + c];
      result.product[c] += products[at + c];
    }
  });
  return result;
}

// dx = w i (g - mean g - (x - m) i^2 mean(g (x - m))), with the inverse deviation i, the mean m.
Tensor image_gradient(const Rows& rows, const Map& map, bool relu, const Tensor& image,
                      const Tensor& gradient, const GradientSums& sums) {
  const auto pixels = static_cast<double>(rows.pixels);
  const auto of_x = [&](size_t c) {
    return -map.scale[c] * std::pow(map.inverse[c], 3) * sums.product[c] / pixels;
  };
  const Columns of_xs(rows, of_x);
  const Columns rests(rows, [&](size_t c) {
    return -map.scale[c] * map.inverse[c] * sums.sum[c] / pixels - of_x(c) * map.mean[c];
  });
  const Tensor result = at::empty_like(image);
  with_values(image, [&](auto value) {
    using Value = decltype(value);
    rows.for_each_part([&](int64_t part, int64_t at) {
      norm_gradient(values_of<Value>(image) + at, values_of<Value>(gradient) + at,
                    values_of<Value>(result) + at, rows.part(part), map.line(relu),
                    {map.slopes.data(), of_xs.data(), rests.data()});
    });
  });
  return result;
}

Tensor on_line(const Rows& rows, NormLine line, const Tensor& image, const Tensor& other) {
  const Tensor result = at::empty_like(image);
  with_values(image, [&](auto value) {
    using Value = decltype(value);
    const Value* added = values_of<Value>(other);
    rows.for_each_part([&](int64_t part, int64_t at) {
      norm_apply(values_of<Value>(image) + at, added == nullptr ? nullptr : added + at,
                 values_of<Value>(result) + at, rows.part(part), line);
    });
  });
  return result;
}

struct FusedNorm : torch::autograd::Function<FusedNorm> {
  static Tensor forward(AutogradContext* context, const Tensor& image, const Tensor& weight,
                        const Tensor& bias, const Tensor& running_mean,
                        const Tensor& running_variance, const std::optional<Tensor>& other,
                        double epsilon, double momentum, bool relu) {
    const Rows rows(image);
    const Moments moments = moments_of(image, rows);
    move_running(moments, rows, momentum, running_mean, running_variance);
    const Tensor numbers = numbers_of(moments, weight, bias, epsilon);
    const Map map(rows, numbers, weight);
    const Tensor result = on_line(rows, map.line(relu), image, other ? *other : Tensor());
    // Without a sum the image itself says what passes the relu.
    context->save_for_backward({image, weight, numbers, relu && other ? result : Tensor()});
    context->saved_data["relu"] = relu;
    context->saved_data["adds"] = other.has_value();
    return result;
  }

  static variable_list backward(AutogradContext* context, const variable_list& upstream) {
    const variable_list saved = context->get_saved_variables();
    const Tensor &image = saved[0], &output = saved[3];
    const Rows rows(image);
    const Map map(rows, saved[2], saved[1]);
    const bool relu = context->saved_data["relu"].toBool();
    const Tensor gradient = upstream[0].contiguous(at::MemoryFormat::ChannelsLast);
    const Tensor passed = output.defined() ? at::empty_like(image) : Tensor();
    const GradientSums sums = gradient_sums(rows, map, relu, image, output, gradient, passed);
    const Tensor of_weight = at::empty({rows.channels}, at::kFloat);
    const Tensor of_bias = at::empty({rows.channels}, at::kFloat);
    for (size_t c = 0; c < sums.sum.size(); ++c) {
      of_weight.data_ptr<float>()[c] = static_cast<float>(sums.product[c] * map.inverse[c]);
      of_bias.data_ptr<float>()[c] = static_cast<float>(sums.sum[c]);
    }
    const bool gated = passed.defined();
    const Tensor& through = gated ? passed : gradient;
    const Tensor of_image = image_gradient(rows, map, relu && !gated, image, through, sums);
    const Tensor of_other = context->saved_data["adds"].toBool() ? through : Tensor();
    return {of_image, of_weight, of_bias, {}, {}, of_other, {}, {}, {}};
  }
};

}  // namespace

bool fused_norm_takes(const Tensor& image) {
  if (image.dim() != 4 || !image.is_contiguous(at::MemoryFormat::ChannelsLast)) return false;
  if (image.scalar_type() != at::kFloat && image.scalar_type() != at::kBFloat16) return false;
  const int64_t pixels = image.numel() / image.size(1);
  return pixels > 1 && pixels % pixels_a_row(image.size(1)) == 0;
}

Tensor fused_norm(const Node& node, const Tensor& image, std::span<const Tensor> weights,
                  const Tensor& other, bool relu) {
  const std::optional<Tensor> added = other.defined() ? std::optional(other) : std::nullopt;
  return FusedNorm::apply(image, weights[0], weights[1], weights[2], weights[3], added,
                          number(node, "epsilon"), momentum_of(node), relu);
}

Tensor frozen_norm(const Node& node, const Tensor& image, std::span<const Tensor> weights,
                   const Tensor& other, bool relu) {
  const Rows rows(image);
  Moments moments;
  const auto channels = static_cast<size_t>(rows.channels);
  moments.mean.assign(weights[2].data_ptr<float>(), weights[2].data_ptr<float>() + channels);
  moments.variance.assign(weights[3].data_ptr<float>(), weights[3].data_ptr<float>() + channels);
  const Tensor numbers = numbers_of(moments, weights[0], weights[1], number(node, "epsilon"));
  return on_line(rows, Map(rows, numbers, weights[0]).line(relu), image, other);
}

}  // namespace retort
