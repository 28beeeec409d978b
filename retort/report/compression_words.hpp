#pragma once

#include <string>

#include "retort/result/compression.hpp"

namespace retort {

/// What the chosen student costs and loses beside its teacher: "The student widths=30-30 is 98
/// times smaller, ..."; or that none keeps to the limits, and what the nearest one misses. Plain
/// text.
std::string compression_sentence(const Compression& compression);

/// Why this student. Plain text; empty where none was chosen.
std::string choice_sentence(const Compression& compression);

/// "at most 0.5 ms, at most 10,000 parameters"; empty without limits.
std::string limits_text(const CompressionLimits& limits);

/// "98.61 %" or "98.61 ± 0.12 %" over several seeds.
std::string accuracy_text(const Spread& accuracy);

/// What a cost is called on an axis and in a table: "latency, ms".
std::string cost_name(CostKind kind);

}  // namespace retort
