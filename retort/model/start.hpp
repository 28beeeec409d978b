#pragma once

#include <string>
#include <vector>

#include "retort/model/graph.hpp"
#include "retort/model/weights_file.hpp"

namespace retort {

/// What of a file's names and of a network's fits the other side.
struct KeyReport {
  Names loaded;                // weights that the file gives
  Names left;                  // of the head, left at their start as it was asked for
  Names missing;               // weights that the file does not have
  Names unexpected;            // tensors of the file that the network has no place for
  Names differing;             // "fc.weight: 1000x512, wanted 10x512"
  bool other_classes = false;  // both name their classes, and not alike
  int64_t counters = 0;        // WeightsFile::counters
  bool only_the_head = true;   // no other weight is in the way

  bool fits() const;
  /// "120 loaded, 1 missing (fc.bias), 1 of another shape (fc.weight: 1000x512, wanted 10x512), 20
  /// counters ignored": counts and first names, in one line.
  std::string text() const;
};

/// A network's start, or a part of it.
struct Start {
  NamedTensors weights;  // under the graph's names
  KeyReport report;
};

/// Finds a network's weights in a file by their names: those of torchvision and of the benchmarks
/// of distillation, whose networks our zoo calls alike, and timm's of transformers, whose tokens
/// and positions have another form (cls_token, dist_token, pos_embed). Without `head`, what makes
/// the classes is not looked for: a file for other classes then fits.
Start start_from(const WeightsFile& file, const Graph& graph, bool head = true);

/// The same from a file, which must fit. Throws Error (model) that tells the report and what to do.
Start read_start(const Path& path, const Graph& graph, bool head = true);

/// The weights that make the classes: those of the last linear maps or convolutions on every way to
/// the output, and of what comes after them.
Names head_weights(const Graph& graph);

}  // namespace retort
