#pragma once

#include <string>
#include <vector>

#include "retort/report/page_models.hpp"

namespace retort {

struct Bar {
  const ModelResult* model = nullptr;  // gives the colour
  double value = 0;
  std::string number;  // the value in words, at the bar's end
};

/// Bars that belong together, one for each model.
struct BarGroup {
  std::string name;  // a stranger's text
  std::vector<Bar> bars;
};

/// Groups of horizontal bars on one common scale that starts at 0.
std::string bars_html(const std::vector<BarGroup>& groups);

}  // namespace retort
