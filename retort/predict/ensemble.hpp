#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "retort/predict/predictor.hpp"
#include "retort/tensor/mean_of_probabilities.hpp"

namespace retort {

/// Several predictors of the same classes as one. It answers "logits", [N, C]: the mean of the
/// members' logits (mean: logits), else logits whose softmax is the mean of the members'
/// probabilities; and "member_logits", [N, C, M], from which a loss takes the mean at its own
/// temperature. Throws Error (usage) when the members' sizes differ.
std::shared_ptr<const Predictor> ensemble_of(std::vector<std::shared_ptr<const Predictor>> members,
                                             std::string_view mean);

}  // namespace retort
