#pragma once

#include <string>
#include <vector>

#include "retort/result/sweep_result.hpp"

namespace retort {

/// A sweep over data.labelled in sentences: for each number of labels what the student makes of the
/// unlabelled rest, and how many labels the twin would need for as few errors (between two numbers
/// that were tried, along the logarithm of the labels). Empty where the labels were not varied
/// alone, or are not done.
std::vector<std::string> label_budget_sentences(const SweepResult& sweep);

}  // namespace retort
