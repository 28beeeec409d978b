#pragma once

#include <vector>

#include "retort/report/svg.hpp"

namespace retort {

/// A scale from numbers to a line of a drawing.
struct Axis {
  double low = 0, high = 1;   // numbers
  double start = 0, end = 1;  // where they are drawn
  bool logarithmic = false;
  std::vector<double> ticks;

  double at(double value) const;
};

/// An axis that holds [low, high] and begins and ends at a tick. Few, round ticks; whole numbers
/// when asked. A logarithmic one needs low > 0.
Axis round_axis(double low, double high, double start, double end);
Axis whole_axis(double low, double high, double start, double end);
Axis logarithmic_axis(double low, double high, double start, double end);

}  // namespace retort
