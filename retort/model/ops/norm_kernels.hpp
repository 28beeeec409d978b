#pragma once

#include <cstdint>

// Loops of a batch norm over pixels whose channels lie side by side, for floats and for bf16 (its
// bits as uint16_t). A row is `width` values, a multiple of norm_lanes: one pixel, or several where
// that makes the width fit; what is said of channels below holds for the columns of a row.
namespace retort {

inline constexpr int64_t norm_lanes = 16;

/// Rows of an image beside what belongs to them.
struct NormRows {
  int64_t count = 0;
  int64_t width = 0;
};

/// Mean of every column, and the sum of squared distances to it.
void norm_moments(const float* x, NormRows rows, float* mean, float* squares);
void norm_moments(const uint16_t* x, NormRows rows, float* mean, float* squares);

/// y = x scale + shift, plus `other` where it is not null, then a relu where one is wanted.
struct NormLine {
  const float* scale;
  const float* shift;
  bool relu;
};
void norm_apply(const float* x, const float* other, float* y, NormRows rows, NormLine line);
void norm_apply(const uint16_t* x, const uint16_t* other, uint16_t* y, NormRows rows,
                NormLine line);

/// The gradient g that passes the relu, summed over the rows, and g (x - mean). Without `y` the
/// relu is known from x and the line; with it, y is what norm_apply gave, and g is written to
/// `passed`.
void norm_gradient_sums(const float* x, const float* y, const float* gradient, float* passed,
                        NormRows rows, NormLine line, const float* mean, float* sums,
                        float* products);
void norm_gradient_sums(const uint16_t* x, const uint16_t* y, const uint16_t* gradient,
                        uint16_t* passed, NormRows rows, NormLine line, const float* mean,
                        float* sums, float* products);

/// result = g of_gradient + x of_x + rest, where the line's relu, if it has one, lets g pass.
struct NormGradient {
  const float* of_gradient;
  const float* of_x;
  const float* rest;
};
void norm_gradient(const float* x, const float* gradient, float* result, NormRows rows,
                   NormLine line, NormGradient factors);
void norm_gradient(const uint16_t* x, const uint16_t* gradient, uint16_t* result, NormRows rows,
                   NormLine line, NormGradient factors);

}  // namespace retort
