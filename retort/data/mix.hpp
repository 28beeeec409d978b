#pragma once

#include <string_view>
#include <variant>

#include "retort/base/random.hpp"
#include "retort/config/field.hpp"
#include "retort/data/batch.hpp"

namespace retort {

/// Images as they are.
struct NoMix {
  static constexpr std::string_view kind = "none";
  static constexpr std::string_view help = "images as they are";
  void describe(FieldVisitor&) {}
};

/// x = s x_i + (1 - s) x_j with one s of Beta(alpha, alpha) for a batch (Zhang et al. 2018, "mixup:
/// Beyond Empirical Risk Minimization").
struct Mixup {
  static constexpr std::string_view kind = "mixup";
  static constexpr std::string_view help = "the weighted mean of an image and another of its batch";
  double alpha = 1;
  void describe(FieldVisitor& visitor);
};

/// A box of x_i comes from x_j, the same box for a batch: sides in the ratio of the image's, of an
/// area of 1 - s before it is cut at the border, s of Beta(alpha, alpha) (Yun et al. 2019,
/// "CutMix").
struct Cutmix {
  static constexpr std::string_view kind = "cutmix";
  static constexpr std::string_view help = "a box of the image comes from another of its batch";
  double alpha = 1;
  void describe(FieldVisitor& visitor);
};

/// A row of the table of ways to mix the images of a batch.
using Mix = std::variant<NoMix, Mixup, Cutmix>;

/// The batch with every image mixed with another one, its partner in a random order of the batch.
/// Targets "class" stay, and beside them stand "other_class", [N] int64, the partners', and
/// "share", [N] in [0, 1], how much of the image is its own. Without a mix: the batch itself. A
/// function of the batch and the key.
Batch mixed(Batch batch, const Mix& mix, RandomKey key);

}  // namespace retort
