#include "retort/config/field.hpp"

#include <fmt/format.h>

#include <cmath>

namespace retort {

bool Range::holds(double value) const {
  return std::isfinite(value) && (least_included ? value >= least : value > least) && value <= most;
}

std::string Range::text() const {
  const bool bottom = std::isfinite(least);
  const bool top = std::isfinite(most);
  if (bottom && top) return fmt::format("{}{} .. {}", least_included ? "" : "above ", least, most);
  if (bottom) return fmt::format("{} {}", least_included ? ">=" : ">", least);
  if (top) return fmt::format("<= {}", most);
  return "";
}

}  // namespace retort
