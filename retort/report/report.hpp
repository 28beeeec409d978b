#pragma once

#include <string>

#include "retort/result/run_result.hpp"

namespace retort {

/// The page of a run: one HTML file without script that fetches nothing, readable on a phone, on
/// paper and in dark mode. Names and settings are escaped: they are a stranger's text.
std::string report_html(const RunResult& result);

/// A page of what a model's outputs hold beyond the labels, in the same style.
std::string soft_targets_page(const SoftTargets& targets, const std::string& version);

/// The first sentence of a report: who makes how many errors, e.g. "The student makes 246 errors on
/// 10,000 test images, its twin without a teacher 488, the teacher 97." Plain text.
std::string summary_sentence(const RunResult& result);

}  // namespace retort
