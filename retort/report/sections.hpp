#pragma once

#include <string>
#include <string_view>

#include "retort/result/run_result.hpp"

namespace retort {

// The parts of the page, one file each. Each gives the HTML below its heading, empty when the run
// has nothing to show there.

/// What distillation brought, in one honest sentence; plain text. Empty when nothing was measured.
std::string distillation_sentence(const RunResult& result);

/// How much student and twin were trained, from their records, and whether it was the same; plain
/// text. Empty without a twin.
std::string equal_training_sentence(const RunResult& result);

/// What each term of each model came to in its last epoch; part of the learning curves.
std::string terms_html(const RunResult& result);

std::string errors_html(const RunResult& result);  // the bars below the summary
std::string models_html(const RunResult& result);
std::string other_tests_html(const RunResult& result);  // of other data sets
std::string expected_html(const RunResult& result);  // numbers beside the bands they should be in
std::string expected_html(const std::vector<Verdict>& verdicts);
std::string chosen_images_html(const RunResult& result);  // of those without a label
std::string merged_html(const RunResult& result);         // teachers of different classes
std::string adjusted_html(const RunResult& result);       // biases fitted to a prior
std::string agreement_html(const RunResult& result);
std::string teacher_knowledge_html(const RunResult& result);
std::string learning_curves_html(const RunResult& result);
std::string class_errors_html(const RunResult& result);
std::string confusion_html(const RunResult& result);
std::string calibration_html(const RunResult& result);
std::string wrong_images_html(const RunResult& result);
std::string time_html(const RunResult& result);
std::string settings_html(const RunResult& result);
std::string environment_html(const RunResult& result);

/// The style of the page: everything between <style> and </style>.
extern const char* const page_style;

}  // namespace retort
