#pragma once

#include <string>
#include <vector>

#include "retort/result/run_result.hpp"

namespace retort {

/// A run on a page that compares several.
struct ComparedRun {
  std::string name;
  RunResult result;
  std::vector<std::string> differences;  // from the first run's experiment: "seed: 1 -> 2"
};

/// A page that shows runs side by side: errors, the students' curves over each other, the table of
/// all models, and what their experiments differ in. One HTML file like the page of a run.
std::string comparison_html(const std::vector<ComparedRun>& runs);

}  // namespace retort
