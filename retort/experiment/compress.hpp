#pragma once

#include "retort/experiment/bench.hpp"
#include "retort/experiment/sweep.hpp"
#include "retort/result/compression.hpp"
#include "retort/result/progress.hpp"

namespace retort {

/// Throws Error (usage) when a sweep is no compression of one teacher into students of several
/// sizes (`first` is its first cell's plan), when a limit is none, or when the validation images
/// cannot tell whether a student keeps to it.
void check_compression(const Sweep& sweep, const Plan& first, const CompressionLimits& limits);

/// Gathers what the cells of a finished sweep in `folder` found out, measures the latency of the
/// teacher and of one student of each size (each in a process of its own), and chooses.
Compression measure_compression(const Sweep& sweep, const Plan& first, const Path& folder,
                                const CompressionLimits& limits, const Path& command,
                                Progress& progress);

/// Writes compress.json, and the chosen student as student.safetensors and student.onnx; where none
/// was chosen, those of an earlier choice are removed.
void write_compression(const Compression& compression, const Path& folder);

}  // namespace retort
