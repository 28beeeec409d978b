#pragma once

#include <cstdint>
#include <vector>

#include "retort/config/field.hpp"
#include "retort/data/dataset.hpp"

namespace retort {

/// `fit`: images of another size or colour, brought to what a model sees. First the channels, then
/// the size, then the canvas.
struct Fit {
  std::vector<int64_t> size;    // one side, or height and width; empty: as they are
  std::vector<int64_t> canvas;  // alike; empty: none
  int64_t channels = 0;         // 1 or 3; 0: as they are
  void describe(FieldVisitor& visitor);
};

/// The data set with its images brought to `fit`: grey is 0.299 R + 0.587 G + 0.114 B (ITU-R
/// BT.601), colour of grey three equal channels; resized with resize_bilinear, unrounded; put in
/// the middle of a canvas of zeros, an odd pixel more below and on the right. The data set itself
/// where nothing is asked. Throws Error (usage) for a canvas smaller than the images, or channels
/// that cannot be made of what there is.
DatasetPointer brought_to(const Fit& fit, DatasetPointer dataset);

}  // namespace retort
