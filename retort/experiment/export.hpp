#pragma once

#include "retort/base/file.hpp"
#include "retort/data/dataset.hpp"

namespace retort {

/// The largest difference of logits that an export may show.
inline constexpr double most_export_difference = 1e-4;

/// What of a model is written.
struct ExportForm {
  bool fold = false;     // batch norms go into the maps before them; see folded()
  bool softmax = false;  // probabilities in place of logits
};

/// How an export was proved.
struct ExportCheck {
  double largest_difference = 0;  // of a logit
  int64_t images = 0;
  bool random = false;  // noise, since no data set was at hand
};

/// Writes a model (a file of ours, or ONNX) as ONNX (libonnx checks it), reads it back, and runs
/// both on the first images of a data set (null: on random ones). Throws Error (verification) when
/// their logits differ by more than most_export_difference; the file is then not kept.
ExportCheck export_onnx(const Path& model, const Path& onnx, const Dataset* images,
                        const ExportForm& form = {});

}  // namespace retort
