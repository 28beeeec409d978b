#pragma once

#include "retort/objective/losses/loss_sum.hpp"
#include "retort/tensor/shape.hpp"

namespace retort {

/// The samples of which a teacher is sure: the rows of its logits [N, C] or [N, C, ...], all
/// places of an image included, whose largest probability at T = 1 is at least `confidence`; int64
/// [K] (French, Mackiewicz, Fisher 2018, "Self-ensembling for visual domain adaptation"; Sohn et
/// al. 2020, "FixMatch").
Tensor confident_rows(const Tensor& logits, double confidence);

/// These rows of logits [N, C, ...], or of an ensemble's [N, C, ..., M], as [K, C] or [K, C, M].
Tensor rows_of_logits(const Tensor& logits, const Tensor& rows, bool has_members);

}  // namespace retort
