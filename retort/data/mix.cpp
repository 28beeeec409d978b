#include "retort/data/mix.hpp"

#include <ATen/ops/full.h>
#include <ATen/ops/index_select.h>
#include <ATen/ops/lerp.h>
#include <ATen/ops/tensor.h>

#include <algorithm>
#include <cmath>

namespace retort {
namespace {

void describe_alpha(FieldVisitor& visitor, double& alpha) {
  visitor.visit(
      {.name = "mix_alpha",
       .help = "the shares are drawn from Beta(mix_alpha, mix_alpha): 1 makes all equally "
               "likely, less leaves most images nearly whole",
       .range = {.least = 0, .most = 100, .least_included = false}},
      alpha);
}

// A box of the sides sqrt(1 - share) around a point of the image, cut at its border.
struct Box {
  int64_t top, left, height, width;
};

Box box_of(Random& random, double share, int64_t height, int64_t width) {
  const double side = std::sqrt(1 - share);
  const auto within = [&](int64_t length) {
    const auto wanted = static_cast<int64_t>(side * static_cast<double>(length));
    const auto centre = static_cast<int64_t>(random.below(static_cast<uint64_t>(length)));
    const int64_t first = std::max<int64_t>(centre - wanted / 2, 0);
    return std::pair{first, std::min(centre - wanted / 2 + wanted, length) - first};
  };
  const auto [top, rows] = within(height);
  const auto [left, columns] = within(width);
  return {top, left, rows, columns};
}

// Both change `images`, [N, C, H, W], and return the share that is their own.
double mix(Tensor& images, const Tensor& partners, const Mixup& mixup, Random& random) {
  const double share = random.beta(mixup.alpha);
  images = at::lerp(partners, images, share);
  return share;
}

double mix(Tensor& images, const Tensor& partners, const Cutmix& cutmix, Random& random) {
  const int64_t height = images.size(-2), width = images.size(-1);
  const Box box = box_of(random, random.beta(cutmix.alpha), height, width);
  const auto part = [&](const Tensor& whole) {
    return whole.narrow(-2, box.top, box.height).narrow(-1, box.left, box.width);
  };
  images = images.clone();
  part(images).copy_(part(partners));
  return 1 - static_cast<double>(box.height * box.width) / static_cast<double>(height * width);
}

}  // namespace

void Mixup::describe(FieldVisitor& visitor) {
  describe_alpha(visitor, alpha);
}

void Cutmix::describe(FieldVisitor& visitor) {
  describe_alpha(visitor, alpha);
}

Batch mixed(Batch batch, const Mix& mix_of_batch, RandomKey key) {
  if (std::holds_alternative<NoMix>(mix_of_batch)) return batch;
  const int64_t count = batch.inputs.size(0);
  const Tensor order = at::tensor(random_permutation(count, key.with(0)), at::kLong);
  const Tensor partners = at::index_select(batch.inputs, 0, order);
  Random random(key.with(1));
  double share = 1;
  if (const auto* mixup = std::get_if<Mixup>(&mix_of_batch)) {
    share = mix(batch.inputs, partners, *mixup, random);
  } else {
    share = mix(batch.inputs, partners, std::get<Cutmix>(mix_of_batch), random);
  }
  batch.targets.set("other_class", at::index_select(batch.targets.at("class"), 0, order));
  batch.targets.set("share", at::full({count}, share, at::kFloat));
  return batch;
}

}  // namespace retort
