#pragma once

#include <string>

#include "retort/model/graph.hpp"

namespace retort {

/// A batch norm's settings.
struct Norm {
  double epsilon = 1e-5;
  double momentum = 0.1;
};

/// A convolution and the batch norm behind it.
std::string conv_norm(Graph& graph, const std::string& conv, const std::string& norm,
                      const std::string& input, const Conv& settings,
                      const Norm& norm_settings = {});

/// The mean over the image and a linear map to the classes: nodes "avgpool", "flatten" and `name`.
/// Its fresh weights have this deviation; 0: that of numbers evenly spread within
/// 1 / sqrt(features), as published networks begin that say nothing of it.
void classify(Graph& graph, const std::string& name, const std::string& input, int64_t classes,
              double deviation = 0);

/// The channels of `left` and `right` in turn: nodes `concat` and `name`.
std::string interleave(Graph& graph, const std::string& name, const std::string& concat,
                       const std::string& left, const std::string& right);

/// A residual network's stage: blocks of two 3x3 convolutions ("basic") or of 1x1, 3x3 and 1x1
/// ("bottleneck", four times as wide at its end). Its last relu is called like the stage.
struct ResidualStage {
  std::string name;
  int64_t blocks;
  int64_t width;
  int64_t stride;
  bool bottleneck = false;
};
std::string residual_stage(Graph& graph, const ResidualStage& stage, const std::string& input);

}  // namespace retort
