#include "retort/report/axis.hpp"

#include <algorithm>
#include <cmath>

namespace retort {
namespace {

// The smallest of 1, 2, 5 times a power of ten that is not below `value`.
double round_step(double value) {
  const double power = std::pow(10, std::floor(std::log10(value)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (value <= factor * power * (1 + 1e-9)) return factor * power;
  }
  return 10 * power;
}

Axis stepped_axis(double low, double high, double step, double start, double end) {
  const double first = std::floor(low / step + 1e-9), last = std::ceil(high / step - 1e-9);
  Axis axis{.low = first * step, .high = last * step, .start = start, .end = end};
  // Where doubles lie further apart than the ticks, counting up would never end.
  constexpr int most_ticks = 10;
  for (int i = 0; i < most_ticks && first + i <= last; ++i) {
    axis.ticks.push_back((first + i) * step);
  }
  return axis;
}

// Room around a single number.
void widen(double& low, double& high) {
  if (high > low) return;
  const double room = low == 0 ? 1 : std::abs(low) / 10;
  low -= room;
  high += room;
}

}  // namespace

double Axis::at(double value) const {
  if (logarithmic) {
    return start + (end - start) * std::log(std::max(value, low) / low) / std::log(high / low);
  }
  return start + (end - start) * (value - low) / (high - low);
}

Axis round_axis(double low, double high, double start, double end) {
  widen(low, high);
  return stepped_axis(low, high, round_step((high - low) / 4), start, end);
}

Axis whole_axis(double low, double high, double start, double end) {
  widen(low, high);
  return stepped_axis(low, high, std::max(1.0, round_step((high - low) / 6)), start, end);
}

Axis logarithmic_axis(double low, double high, double start, double end) {
  constexpr size_t most_ticks = 7;
  const double first = std::floor(std::log10(low)), last = std::ceil(std::log10(high));
  const double stride = std::max(1.0, std::ceil((last - first) / static_cast<double>(most_ticks)));
  std::vector<double> fine, coarse;
  for (double power = first; power <= last; ++power) {
    if (std::fmod(power - first, stride) == 0) coarse.push_back(std::pow(10, power));
    for (const double factor : {1.0, 2.0, 5.0}) {
      const double tick = factor * std::pow(10, power);
      // One tick beyond each end, so that the curve lies between two.
      if (tick * 2.6 > low && tick < high * 2.6) fine.push_back(tick);
    }
  }
  while (fine.size() > 2 && fine[1] <= low) fine.erase(fine.begin());
  while (fine.size() > 2 && fine[fine.size() - 2] >= high) fine.pop_back();
  const std::vector<double>& ticks = fine.size() <= most_ticks ? fine : coarse;
  return {.low = std::min(ticks.front(), low),
          .high = std::max(ticks.back(), high),
          .start = start,
          .end = end,
          .logarithmic = true,
          .ticks = ticks};
}

}  // namespace retort
