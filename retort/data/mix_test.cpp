#include "retort/data/mix.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/index_select.h>
#include <gtest/gtest.h>

#include <set>

#include "retort/data/batch_stream.hpp"
#include "retort/data/images_for_tests.hpp"

namespace retort {
namespace {

using test::NumberedImages;

// Twelve images with other pixels and labels 0 to 11.
Batch plain() {
  std::vector<int64_t> labels;
  std::vector<SampleKey> keys;
  for (int64_t i = 0; i < 12; ++i) {
    labels.push_back(i);
    keys.push_back({.index = i});
  }
  return make_batch(NumberedImages(labels, Shape{2, 5, 7}), keys);
}

RandomKey key(uint64_t number) {
  return RandomKey(1, "mix").with(number);
}

Tensor partners_of(const Batch& batch, const Batch& mixture) {
  return at::index_select(batch.inputs, 0, mixture.targets.at("other_class"));
}

TEST(Mixup, IsTheWeightedMeanOfTwoImagesAndNamesBothLabels) {
  const Batch batch = plain();
  std::set<float> shares;
  for (uint64_t i = 0; i < 20; ++i) {
    const Batch mixture = mixed(batch, Mixup{.alpha = 0.5}, key(i));
    EXPECT_TRUE(at::equal(mixture.targets.at("class"), batch.targets.at("class")));
    const Tensor share = mixture.targets.at("share").reshape({-1, 1, 1, 1});
    const Tensor wanted = share * batch.inputs + (1 - share) * partners_of(batch, mixture);
    EXPECT_LT((mixture.inputs - wanted).abs().max().item<float>(), 1e-3F) << "of pixels up to 1180";
    shares.insert(share[0].item<float>());
  }
  EXPECT_EQ(shares.size(), 20U) << "one share for a batch, another for the next";
}

TEST(Cutmix, EveryPixelIsOfOneOfTheTwoImagesAndTheShareCountsThem) {
  const Batch batch = plain();
  double least = 1, most = 0;
  for (uint64_t i = 0; i < 50; ++i) {
    const Batch mixture = mixed(batch, Cutmix{}, key(i));
    const Tensor partners = partners_of(batch, mixture);
    const Tensor own = mixture.inputs.eq(batch.inputs);
    EXPECT_TRUE((own | mixture.inputs.eq(partners)).all().item<bool>());
    for (int64_t n = 0; n < 12; ++n) {
      if (mixture.targets.at("other_class")[n].item<int64_t>() == n) continue;
      EXPECT_NEAR(own[n].to(at::kDouble).mean().item<double>(),
                  mixture.targets.at("share")[n].item<double>(), 1e-6);
    }
    least = std::min(least, mixture.targets.at("share")[0].item<double>());
    most = std::max(most, mixture.targets.at("share")[0].item<double>());
  }
  EXPECT_LT(least, 0.4);
  EXPECT_GT(most, 0.9);
}

TEST(Cutmix, TheBoxIsOneRectangle) {
  const Batch batch = plain();
  const Batch mixture = mixed(batch, Cutmix{}, key(3));
  const Tensor other = mixture.inputs.ne(batch.inputs).any(1).any(0);  // [5, 7]
  const Tensor rows = other.any(1), columns = other.any(0);
  EXPECT_TRUE(at::equal(other, rows.unsqueeze(1) & columns.unsqueeze(0)));
  EXPECT_TRUE(other.any().item<bool>());
}

TEST(Mix, NoneIsTheBatchItself) {
  const Batch batch = plain();
  const Batch same = mixed(batch, {}, key(1));
  EXPECT_TRUE(same.inputs.is_same(batch.inputs));
  EXPECT_EQ(same.targets.names(), Names{"class"});
}

TEST(Mix, LeavesTheBatchItWasMadeOf) {
  for (const Mix& mix : {Mix(Mixup{}), Mix(Cutmix{})}) {
    const Batch batch = plain();
    mixed(batch, mix, key(1));
    EXPECT_TRUE(at::equal(batch.inputs, plain().inputs));
  }
}

TEST(Mix, DependsOnTheStepAndNotOnTheWorkers) {
  const auto images = std::make_shared<NumberedImages>(std::vector<int64_t>(40, 1), Shape{1, 4, 4});
  for (const Mix& mix : {Mix(Mixup{}), Mix(Cutmix{})}) {
    BatchStream alone(images, 8, 1, 0, mix), threads(images, 8, 1, 3, mix),
        later(images, 8, 1, 2, mix);
    later.go_to(7);
    for (int64_t step = 0; step < 12; ++step) {
      const Batch batch = alone.next();
      EXPECT_TRUE(at::equal(batch.inputs, threads.next().inputs)) << step;
      if (step >= 7) {
        EXPECT_TRUE(at::equal(batch.inputs, later.next().inputs)) << step;
      }
    }
  }
}

}  // namespace
}  // namespace retort
