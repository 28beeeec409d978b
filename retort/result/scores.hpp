#pragma once

#include <cstdint>
#include <vector>

namespace retort {

/// What was measured of a classifier on one split.
struct Scores {
  int64_t count = 0;
  int64_t errors = 0;
  double accuracy = 0;
  double nll = 0;                               // mean negative log-likelihood, nats
  double ece = 0;                               // expected calibration error, 15 bins
  std::vector<double> class_accuracy;           // by class; 0 for a class without samples
  std::vector<std::vector<int64_t>> confusion;  // [true class][predicted class]
  struct Bin {
    int64_t count = 0;
    double confidence = 0;  // mean of the bin
    double accuracy = 0;
  };
  std::vector<Bin> calibration;  // 15 bins of equal width of the top probability
};

}  // namespace retort
