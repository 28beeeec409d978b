#include "retort/model/ops/norm_kernels.hpp"

#include <cstring>
#include <type_traits>

// One version of each loop for every kind of processor; the first call finds out which one suits.
#if defined(__x86_64__) && defined(__linux__) && !defined(__SANITIZE_ADDRESS__)
#define FOR_EVERY_PROCESSOR __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define FOR_EVERY_PROCESSOR
#endif
#define INSIDE [[gnu::always_inline]] inline

namespace retort {
namespace {

using Floats [[gnu::vector_size(norm_lanes * sizeof(float))]] = float;
using Words [[gnu::vector_size(norm_lanes * sizeof(uint32_t))]] = uint32_t;
using Signs [[gnu::vector_size(norm_lanes * sizeof(int32_t))]] = int32_t;
using Halves [[gnu::vector_size(norm_lanes * sizeof(uint16_t))]] = uint16_t;

INSIDE void load(const float* from, Floats& to) {
  std::memcpy(&to, from, sizeof(to));
}

INSIDE void load(const uint16_t* from, Floats& to) {
  Halves halves;
  std::memcpy(&halves, from, sizeof(halves));
  const Words words = __builtin_convertvector(halves, Words) << 16;
  std::memcpy(&to, &words, sizeof(to));
}

INSIDE void store(const Floats& from, float* to) {
  std::memcpy(to, &from, sizeof(from));
}

// To the nearest, ties to even.
INSIDE void store(const Floats& from, uint16_t* to) {
  Words words;
  std::memcpy(&words, &from, sizeof(words));
  words += 0x7fff + ((words >> 16) & 1);
  const Halves halves = __builtin_convertvector(words >> 16, Halves);
  std::memcpy(to, &halves, sizeof(halves));
}

// 0 where `gate` is 0 or less, else the values: what is no number stays one, as with a plain relu.
INSIDE void pass(const Floats& gate, Floats& values) {
  const Signs closed = gate <= 0.0F;
  Signs bits;
  std::memcpy(&bits, &values, sizeof(bits));
  bits &= ~closed;
  std::memcpy(&values, &bits, sizeof(bits));
}

// Columns that are summed together, so that one row's part of them fills lines of the cache.
constexpr int64_t together = 4;

template <int64_t count, class Value>
INSIDE void moments_of(const Value* x, NormRows rows, float* mean, float* squares) {
  Floats sum[count] = {}, square[count] = {};
  for (int64_t r = 0; r < rows.count; ++r) {
#pragma GCC unroll 4
    for (int64_t v = 0; v < count; ++v) {
      Floats value;
      load(x + r * rows.width + v * norm_lanes, value);
      sum[v] += value;
    }
  }
#pragma GCC unroll 4
  for (int64_t v = 0; v < count; ++v) sum[v] /= static_cast<float>(rows.count);
  for (int64_t r = 0; r < rows.count; ++r) {
#pragma GCC unroll 4
    for (int64_t v = 0; v < count; ++v) {
      Floats value;
      load(x + r * rows.width + v * norm_lanes, value);
      square[v] += (value - sum[v]) * (value - sum[v]);
    }
  }
#pragma GCC unroll 4
  for (int64_t v = 0; v < count; ++v) {
    store(sum[v], mean + v * norm_lanes);
    store(square[v], squares + v * norm_lanes);
  }
}

template <class Value>
INSIDE void moments(const Value* x, NormRows rows, float* mean, float* squares) {
  int64_t c = 0;
  for (; c + together * norm_lanes <= rows.width; c += together * norm_lanes) {
    moments_of<together>(x + c, rows, mean + c, squares + c);
  }
  for (; c < rows.width; c += norm_lanes) moments_of<1>(x + c, rows, mean + c, squares + c);
}

template <bool relu, bool adds, class Value>
INSIDE void apply(const Value* x, const Value* other, Value* y, NormRows rows, NormLine line) {
  for (int64_t r = 0; r < rows.count; ++r) {
    for (int64_t c = 0; c < rows.width; c += norm_lanes) {
      const int64_t at = r * rows.width + c;
      Floats value, scale, shift, more;
      load(x + at, value);
      load(line.scale + c, scale);
      load(line.shift + c, shift);
      value = value * scale + shift;
      if constexpr (adds) {
        load(other + at, more);
        value += more;
      }
      if constexpr (relu) pass(value, value);
      store(value, y + at);
    }
  }
}

template <class Value>
INSIDE void apply_line(const Value* x, const Value* other, Value* y, NormRows rows, NormLine line) {
  if (line.relu && other != nullptr) return apply<true, true>(x, other, y, rows, line);
  if (line.relu) return apply<true, false>(x, other, y, rows, line);
  if (other != nullptr) return apply<false, true>(x, other, y, rows, line);
  apply<false, false>(x, other, y, rows, line);
}

// How the gradient passes: all of it, where x on the line is above 0, or where y is.
enum class Gate { open, line, output };

template <int64_t count, Gate gate, class Value>
INSIDE void sums_of(const Value* x, const Value* y, const Value* gradient, Value* passed,
                    NormRows rows, NormLine line, const float* mean, float* sums, float* products) {
  Floats sum[count] = {}, product[count] = {}, scale[count], shift[count], middle[count];
#pragma GCC unroll 4
  for (int64_t v = 0; v < count; ++v) {
    load(line.scale + v * norm_lanes, scale[v]);
    load(line.shift + v * norm_lanes, shift[v]);
    load(mean + v * norm_lanes, middle[v]);
  }
  for (int64_t r = 0; r < rows.count; ++r) {
#pragma GCC unroll 4
    for (int64_t v = 0; v < count; ++v) {
      const int64_t at = r * rows.width + v * norm_lanes;
      Floats value, g, output;
      load(x + at, value);
      load(gradient + at, g);
      if constexpr (gate == Gate::line) pass(value * scale[v] + shift[v], g);
      if constexpr (gate == Gate::output) {
        load(y + at, output);
        pass(output, g);
        store(g, passed + at);
      }
      sum[v] += g;
      product[v] += g * (value - middle[v]);
    }
  }
#pragma GCC unroll 4
  for (int64_t v = 0; v < count; ++v) {
    store(sum[v], sums + v * norm_lanes);
    store(product[v], products + v * norm_lanes);
  }
}

// A pointer moved by some values, where there is one. (A lambda here would be compiled once, for
// the plainest processor.)
template <class Value>
INSIDE Value* from(Value* values, int64_t at) {
  return values == nullptr ? nullptr : values + at;
}

template <Gate gate, class Value>
INSIDE void sums_through(const Value* x, const Value* y, const Value* gradient, Value* passed,
                         NormRows rows, NormLine line, const float* mean, float* sums,
                         float* products) {
  int64_t c = 0;
  for (; c + together * norm_lanes <= rows.width; c += together * norm_lanes) {
    sums_of<together, gate>(x + c, from(y, c), gradient + c, from(passed, c), rows,
                            {line.scale + c, line.shift + c, line.relu}, mean + c, sums + c,
                            products + c);
  }
  for (; c < rows.width; c += norm_lanes) {
    sums_of<1, gate>(x + c, from(y, c), gradient + c, from(passed, c), rows,
                     {line.scale + c, line.shift + c, line.relu}, mean + c, sums + c, products + c);
  }
}

template <class Value>
INSIDE void sums(const Value* x, const Value* y, const Value* gradient, Value* passed,
                 NormRows rows, NormLine line, const float* mean, float* sum, float* products) {
  if (y != nullptr) {
    return sums_through<Gate::output>(x, y, gradient, passed, rows, line, mean, sum, products);
  }
  if (line.relu) {
    return sums_through<Gate::line>(x, y, gradient, passed, rows, line, mean, sum, products);
  }
  sums_through<Gate::open>(x, y, gradient, passed, rows, line, mean, sum, products);
}

template <bool relu, class Value>
INSIDE void gradient_through(const Value* x, const Value* gradient, Value* result, NormRows rows,
                             NormLine line, NormGradient factors) {
  for (int64_t r = 0; r < rows.count; ++r) {
    for (int64_t c = 0; c < rows.width; c += norm_lanes) {
      const int64_t at = r * rows.width + c;
      Floats value, g, scale, shift, of_gradient, of_x, rest;
      load(x + at, value);
      load(gradient + at, g);
      if constexpr (relu) {
        load(line.scale + c, scale);
        load(line.shift + c, shift);
        pass(value * scale + shift, g);
      }
      load(factors.of_gradient + c, of_gradient);
      load(factors.of_x + c, of_x);
      load(factors.rest + c, rest);
      store(g * of_gradient + value * of_x + rest, result + at);
    }
  }
}

template <class Value>
INSIDE void gradient_of(const Value* x, const Value* gradient, Value* result, NormRows rows,
                        NormLine line, NormGradient factors) {
  if (line.relu) return gradient_through<true>(x, gradient, result, rows, line, factors);
  gradient_through<false>(x, gradient, result, rows, line, factors);
}

}  // namespace

FOR_EVERY_PROCESSOR void norm_moments(const float* x, NormRows rows, float* mean, float* squares) {
  moments(x, rows, mean, squares);
}
FOR_EVERY_PROCESSOR void norm_moments(const uint16_t* x, NormRows rows, float* mean,
                                      float* squares) {
  moments(x, rows, mean, squares);
}

FOR_EVERY_PROCESSOR void norm_apply(const float* x, const float* other, float* y, NormRows rows,
                                    NormLine line) {
  apply_line(x, other, y, rows, line);
}
FOR_EVERY_PROCESSOR void norm_apply(const uint16_t* x, const uint16_t* other, uint16_t* y,
                                    NormRows rows, NormLine line) {
  apply_line(x, other, y, rows, line);
}

FOR_EVERY_PROCESSOR void norm_gradient_sums(const float* x, const float* y, const float* gradient,
                                            float* passed, NormRows rows, NormLine line,
                                            const float* mean, float* sum, float* products) {
  sums(x, y, gradient, passed, rows, line, mean, sum, products);
}
FOR_EVERY_PROCESSOR void norm_gradient_sums(const uint16_t* x, const uint16_t* y,
                                            const uint16_t* gradient, uint16_t* passed,
                                            NormRows rows, NormLine line, const float* mean,
                                            float* sum, float* products) {
  sums(x, y, gradient, passed, rows, line, mean, sum, products);
}

FOR_EVERY_PROCESSOR void norm_gradient(const float* x, const float* gradient, float* result,
                                       NormRows rows, NormLine line, NormGradient factors) {
  gradient_of(x, gradient, result, rows, line, factors);
}
FOR_EVERY_PROCESSOR void norm_gradient(const uint16_t* x, const uint16_t* gradient,
                                       uint16_t* result, NormRows rows, NormLine line,
                                       NormGradient factors) {
  gradient_of(x, gradient, result, rows, line, factors);
}

}  // namespace retort
