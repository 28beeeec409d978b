#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "retort/result/soft_targets.hpp"

namespace retort {

/// An image with made-up soft targets that fall off with the distance from its label.
inline SoftTargetExample made_example(const SoftTargets& targets, int64_t label, int64_t favours) {
  SoftTargetExample example{
      .index = 10 + label, .shape = {1, 28, 28}, .label = label, .answer = label};
  for (int64_t i = 0; i < 28 * 28; ++i) {
    example.pixels.push_back(static_cast<uint8_t>((i % 28 + i / 28 * favours) % 256));
  }
  for (const double temperature : targets.temperatures) {
    std::vector<double> p;
    double sum = 0, entropy = 0;
    for (int64_t c = 0; c < static_cast<int64_t>(targets.classes.size()); ++c) {
      const double logit = c == label ? 12 : c == favours ? 11 : -std::abs(static_cast<double>(c));
      p.push_back(std::exp(logit / temperature));
      sum += p.back();
    }
    for (double& one : p) {
      one /= sum;
      entropy -= one > 0 ? one * std::log2(one) : 0;
    }
    example.probabilities.push_back(p);
    example.entropy_bits.push_back(entropy);
  }
  return example;
}

/// Made-up soft targets of a teacher on these classes.
inline SoftTargets made_soft_targets(const std::vector<std::string>& classes) {
  const auto count = static_cast<int64_t>(classes.size());
  SoftTargets targets{.teacher = "big",
                      .classes = classes,
                      .split = "test",
                      .count = 10000,
                      .temperature = 4,
                      .temperatures = {1, 4, 20},
                      .far_labels = 1.25,
                      .similarity_temperature = 4,
                      .typical = true};
  for (const double temperature : {0.5, 1.0, 2.0, 4.0, 8.0, 20.0, 50.0, 100.0}) {
    const double softness = 1 - std::exp(-temperature / 5);
    targets.statistics.push_back({.temperature = temperature,
                                  .entropy_bits = 3.3 * softness,
                                  .entropy_share = softness,
                                  .off_top = 0.9 * softness,
                                  .spread = 1 - softness,
                                  .bits_beyond_class = 0.4 * softness * (1 - softness),
                                  .negative_share = 0.5 + 0.4 * softness,
                                  .far_share = 0.12 * softness});
  }
  for (int64_t row = 0; row < count; ++row) {
    std::vector<double> shares;
    for (int64_t column = 0; column < count; ++column) {
      const auto distance = static_cast<double>(std::abs(row - column));
      shares.push_back(row == column ? 0.6 : 0.1 / (1 + distance));
    }
    targets.similarity.push_back(shares);
  }
  targets.examples = {made_example(targets, 0, 1)};
  for (int64_t label = 0; label < std::min<int64_t>(count, 10); ++label) {
    const int64_t first = (label + 1) % count, second = (label + 2) % count;
    targets.pairs.push_back({.label = label,
                             .first = made_example(targets, label, first),
                             .second = made_example(targets, label, second),
                             .first_favours = first,
                             .second_favours = second,
                             .lead = 0.3});
  }
  return targets;
}

}  // namespace retort
