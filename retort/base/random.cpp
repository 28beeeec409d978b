#include "retort/base/random.hpp"

#include <cmath>
#include <numbers>
#include <numeric>
#include <utility>

namespace retort {
namespace {

constexpr uint64_t golden_gamma = 0x9e3779b97f4a7c15ULL;

uint64_t mix(uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

}  // namespace

RandomKey::RandomKey(uint64_t seed, std::string_view purpose) : value_(mix(seed + golden_gamma)) {
  for (const unsigned char c : purpose) value_ = mix((value_ ^ c) + golden_gamma);
}

RandomKey RandomKey::with(uint64_t part) const {
  return RandomKey(mix(mix(value_ + golden_gamma) ^ mix(part + 2 * golden_gamma)));
}

uint64_t Random::bits() {
  state_ += golden_gamma;
  return mix(state_);
}

double Random::uniform() {
  return static_cast<double>(bits() >> 11) * 0x1.0p-53;
}

uint64_t Random::below(uint64_t count) {
  __extension__ using Wide = unsigned __int128;
  Wide product = static_cast<Wide>(bits()) * count;
  if (static_cast<uint64_t>(product) < count) {
    const uint64_t threshold = -count % count;
    while (static_cast<uint64_t>(product) < threshold) product = static_cast<Wide>(bits()) * count;
  }
  return static_cast<uint64_t>(product >> 64);
}

double Random::normal() {
  const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
  return radius * std::cos(2.0 * std::numbers::pi * uniform());
}

// The logarithm of a gamma variate, which for a small shape is often below the smallest double. A
// shape below 1 is one above it times a power of a uniform variate.
double Random::log_gamma(double shape) {
  if (shape < 1) return log_gamma(shape + 1) + std::log(1.0 - uniform()) / shape;
  const double d = shape - 1.0 / 3, c = 1 / std::sqrt(9 * d);
  while (true) {
    const double x = normal();
    const double root = 1 + c * x;
    if (root <= 0) continue;
    const double v = root * root * root;
    if (std::log(1.0 - uniform()) < x * x / 2 + d - d * v + d * std::log(v)) return std::log(d * v);
  }
}

double Random::beta(double alpha) {
  const double first = log_gamma(alpha);
  const double second = log_gamma(alpha);
  return 1 / (1 + std::exp(second - first));
}

std::vector<int64_t> random_permutation(int64_t count, RandomKey key) {
  std::vector<int64_t> order(static_cast<size_t>(count));
  std::iota(order.begin(), order.end(), int64_t{0});
  Random random(key);
  for (size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
  return order;
}

}  // namespace retort
