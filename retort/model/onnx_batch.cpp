#include "retort/model/onnx_batch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace retort {
namespace {

// The product of all sizes but one; 0 where it is not below 2^40 or a size is none.
int64_t product_without(const Shape& sizes, size_t left_out) {
  int64_t product = 1;
  for (size_t i = 0; i < sizes.size(); ++i) {
    if (i == left_out) continue;
    if (sizes[i] < 1 || sizes[i] > (int64_t{1} << 40) / product) return 0;
    product *= sizes[i];
  }
  return product;
}

// With the batch in dimension `place`; an open size is what is left of one sample.
std::optional<OnnxLayout> with_batch_at(const OnnxLayout& layout, Shape sizes, size_t place) {
  const int64_t all = element_count(layout.sizes);
  const auto open = std::find(sizes.begin(), sizes.end(), -1);
  if (open != sizes.end()) {
    const int64_t others = product_without(sizes, static_cast<size_t>(open - sizes.begin()));
    if (others == 0 || all % others != 0) return std::nullopt;
    *open = all / others;
  }
  return layout.reshaped(sizes, place);
}

// The size at `place` counts the batch.
std::optional<OnnxLayout> with_known_batch(const OnnxLayout& layout, const OnnxSizes& sizes,
                                           size_t place) {
  Shape shape = sizes.fixed;
  if (shape[place] != 0) return std::nullopt;
  shape[place] = sizes.batches[place];
  return with_batch_at(layout, shape, place);
}

// Fixed sizes, made for a batch of `batch`.
std::optional<OnnxLayout> with_fixed_batch(const OnnxLayout& layout, Shape sizes, int64_t batch) {
  const auto open = std::find(sizes.begin(), sizes.end(), -1);
  if (open != sizes.end()) {
    const int64_t others = product_without(sizes, static_cast<size_t>(open - sizes.begin()));
    const int64_t all = element_count(layout.sizes) * batch;
    if (others == 0 || all % others != 0) return std::nullopt;
    *open = all / others;
  }
  using Rank = std::tuple<bool, bool, bool>;  // worse where true
  std::optional<OnnxLayout> best;
  for (size_t place = 0; place < sizes.size(); ++place) {
    if (sizes[place] % batch != 0) continue;
    Shape without = sizes;
    without[place] /= batch;
    const std::optional<OnnxLayout> found = layout.reshaped(without, place);
    const auto rank = [&](const OnnxLayout& one) {
      return Rank(one.sizes[one.batch_axis] != 1, one.batch_axis + 1 == one.rank(), one.outer != 1);
    };
    if (found && (!best || rank(*found) < rank(*best))) best = found;
  }
  return best;
}

std::string sizes_text(const OnnxSizes& sizes) {
  std::vector<std::string> words;
  for (size_t i = 0; i < sizes.fixed.size(); ++i) {
    const std::string fixed = std::to_string(sizes.fixed[i]);
    words.push_back(sizes.batches[i] == 0 ? fixed : std::to_string(sizes.batches[i]) + " x N");
  }
  return fmt::format("[{}]", fmt::join(words, ", "));
}

std::optional<OnnxLayout> found_layout(const OnnxLayout& layout, const OnnxSizes& sizes,
                                       int64_t declared) {
  const auto counts = [](int64_t batches) { return batches != 0; };
  const auto known = std::find_if(sizes.batches.begin(), sizes.batches.end(), counts);
  if (known != sizes.batches.end()) {
    if (std::count_if(known, sizes.batches.end(), counts) > 1) return std::nullopt;
    return with_known_batch(layout, sizes, static_cast<size_t>(known - sizes.batches.begin()));
  }
  if (declared > 0) return with_fixed_batch(layout, sizes.fixed, declared);
  const auto open = std::find(sizes.fixed.begin(), sizes.fixed.end(), -1);
  // Without an open size the file takes one batch only; it is one by habit.
  if (open == sizes.fixed.end()) return with_fixed_batch(layout, sizes.fixed, 1);
  return with_batch_at(layout, sizes.fixed, static_cast<size_t>(open - sizes.fixed.begin()));
}

}  // namespace

OnnxSizes onnx_sizes(const OnnxNode& node, size_t input, const OnnxSource& source) {
  if (!onnx_has(node, input)) refuse(node, fmt::format("input {} is missing", input));
  const Tensor* fixed = source.constants.find(node.inputs[input]);
  if (fixed == nullptr) refuse(node, "its sizes are no constant");
  OnnxSizes sizes{integers_of(*fixed), {}};
  sizes.batches.assign(sizes.fixed.size(), 0);
  const Tensor* batches = source.batches.find(node.inputs[input]);
  if (batches != nullptr) sizes.batches = integers_of(*batches);
  return sizes;
}

OnnxLayout reshaped_from_onnx(const OnnxNode& node, const OnnxLayout& layout, OnnxSizes sizes,
                              const OnnxSource& source) {
  for (size_t i = 0; i < sizes.fixed.size(); ++i) {
    if (sizes.fixed[i] != 0 || sizes.batches[i] != 0 || i >= layout.rank()) continue;
    (i == layout.batch_axis ? sizes.batches : sizes.fixed)[i] = layout.sizes[i];
  }
  std::optional<OnnxLayout> result = found_layout(layout, sizes, source.batch);
  if (result) return *std::move(result);
  refuse(node,
         fmt::format("{} cannot become {} for every batch", layout.text(), sizes_text(sizes)));
}

}  // namespace retort
