#pragma once

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>

#include "retort/tensor/safetensors.hpp"
#include "retort/tensor/shape.hpp"

/// Reading the golden files that tools/golden makes with PyTorch. Inputs are not stored: both sides
/// make them from the same integer hash (`hashed`, `pattern` and `labels` of golden.py).
namespace retort::golden {

inline Safetensors file(const std::string& name) {
  return read_safetensors(Path(RETORT_SOURCE_FOLDER) / "tests" / "golden" / name);
}

inline uint32_t hashed(uint64_t seed, uint64_t k) {
  auto x = static_cast<uint32_t>(k * 2654435761U + seed * 374761393U);
  x ^= x >> 15;
  x *= 2246822519U;
  x ^= x >> 13;
  x *= 3266489917U;
  return x ^ (x >> 16);
}

/// Doubles that look uniform in [low, high).
inline Tensor pattern(uint64_t seed, const Shape& shape, double low, double high) {
  Tensor result = at::empty(shape, at::kDouble);
  double* values = result.data_ptr<double>();
  for (int64_t i = 0; i < result.numel(); ++i) {
    values[i] = low + (high - low) * (hashed(seed, static_cast<uint64_t>(i)) * 0x1.0p-32);
  }
  return result;
}

/// Integers in [0, classes).
inline Tensor labels(uint64_t seed, const Shape& shape, int64_t classes) {
  Tensor result = at::empty(shape, at::kLong);
  int64_t* values = result.data_ptr<int64_t>();
  for (int64_t i = 0; i < result.numel(); ++i) {
    values[i] = hashed(seed, static_cast<uint64_t>(i)) % classes;
  }
  return result;
}

/// The tensor as doubles in a row.
inline Tensor flat(const Tensor& tensor) {
  return tensor.detach().to(at::kDouble).reshape({-1}).contiguous();
}

/// Expects one number of a golden file, within a relative tolerance.
inline void expect_value(const Safetensors& golden, const std::string& name, double value,
                         double tolerance) {
  const double expected = golden.tensors.at(name).item<double>();
  EXPECT_NEAR(value, expected, tolerance * std::abs(expected)) << name;
}

/// Expects a tensor to agree with its digest in a golden file: evenly spaced samples, and the sum
/// weighted by a pattern. The tolerance is relative to the largest sample.
inline void expect_digest(const Safetensors& golden, const std::string& name, const Tensor& tensor,
                          double tolerance) {
  const Tensor values = flat(tensor);
  const Tensor samples = golden.tensors.at(name + "/samples");
  const double largest = samples.abs().max().item<double>();
  ASSERT_GT(largest, 0) << name << ": a digest of zeros proves nothing";
  const int64_t stride = (values.numel() + 63) / 64;
  ASSERT_EQ((values.numel() + stride - 1) / stride, samples.numel()) << name;
  for (int64_t i = 0; i < samples.numel(); ++i) {
    const auto expected = samples.data_ptr<double>()[i];
    ASSERT_NEAR(values.data_ptr<double>()[i * stride], expected, tolerance * largest)
        << name << ", element " << i * stride;
  }
  const Tensor weights = pattern(99, {values.numel()}, -1, 1);
  const double spread = std::sqrt(static_cast<double>(values.numel()));
  EXPECT_NEAR((values * weights).sum().item<double>(),
              golden.tensors.at(name + "/projection").item<double>(), tolerance * largest * spread)
      << name << ", weighted sum";
}

/// The largest difference of two tensors, in doubles.
inline double largest_difference(const Tensor& a, const Tensor& b) {
  return (flat(a) - flat(b)).abs().max().item<double>();
}

}  // namespace retort::golden
