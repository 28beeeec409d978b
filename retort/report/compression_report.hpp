#pragma once

#include <string>

#include "retort/result/compression.hpp"
#include "retort/result/sweep_result.hpp"

namespace retort {

/// Accuracy on the validation images against each cost: students, their twins and the teacher, the
/// front of the students, the limits, and which one was chosen. Empty without a number.
std::string compression_plots_html(const Compression& compression);

/// The page of a compression: the answer, why, plots and table, then what the page of a sweep has.
std::string compression_report_html(const Compression& compression, const SweepResult& sweep);

}  // namespace retort
