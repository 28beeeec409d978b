#include "retort/data/subset.hpp"

#include <gmock/gmock.h>

#include <map>
#include <numeric>

#include "retort/base/error.hpp"
#include "retort/data/images_for_tests.hpp"

namespace retort {
namespace {

using test::NumberedImages;
using test::pixels_of;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

std::map<int64_t, int64_t> label_counts(const Dataset& dataset, const std::vector<int64_t>& some) {
  std::map<int64_t, int64_t> counts;
  for (const int64_t index : some) ++counts[dataset.label(index)];
  return counts;
}

// `counts[c]` samples of class c, mixed, then `unlabelled` without a label.
NumberedImages mixed(std::vector<int64_t> counts, int64_t unlabelled = 0) {
  std::vector<int64_t> labels;
  while (*std::max_element(counts.begin(), counts.end()) > 0) {
    for (size_t c = 0; c < counts.size(); ++c) {
      if (counts[c]-- > 0) labels.push_back(static_cast<int64_t>(c));
    }
  }
  labels.insert(labels.end(), static_cast<size_t>(unlabelled), no_label);
  return NumberedImages(labels);
}

std::vector<int64_t> all_of(const Dataset& dataset) {
  std::vector<int64_t> all(static_cast<size_t>(dataset.size()));
  std::iota(all.begin(), all.end(), int64_t{0});
  return all;
}

TEST(Subset, ReadsTheChosenSamplesInTheirOrder) {
  const auto whole = std::make_shared<NumberedImages>(std::vector<int64_t>{0, 1, 2, 0},
                                                      Shape{1, 1, 2}, /*views=*/3);
  const DatasetPointer some = subset(whole, {2, 0});
  EXPECT_EQ(some->size(), 2);
  EXPECT_EQ(some->views(), 3);
  EXPECT_EQ(some->classes(), whole->classes());
  EXPECT_EQ(some->label(0), 2);
  EXPECT_THAT(pixels_of(*some, {0, 1}), ElementsAre(210, 211));
  EXPECT_THAT(pixels_of(*some, {1, 0}), ElementsAre(0, 1));
}

TEST(Subset, FingerprintTellsIndicesAndOrderApart) {
  const auto whole = std::make_shared<NumberedImages>(std::vector<int64_t>{0, 1, 2});
  const Fingerprint here = subset(whole, {0, 1})->fingerprint();
  EXPECT_EQ(here, subset(whole, {0, 1})->fingerprint());
  EXPECT_NE(here, subset(whole, {1, 0})->fingerprint());
  EXPECT_NE(here, subset(whole, {0, 2})->fingerprint());
  EXPECT_NE(here, subset(subset(whole, {0, 1, 2}), {0, 1})->fingerprint());
}

TEST(ValidationSplit, IsDisjointSortedWholeAndOfTheCountAskedFor) {
  const NumberedImages images = mixed({31, 17, 5, 1}, /*unlabelled=*/7);
  for (int64_t count = 0; count < images.size(); ++count) {
    const SplitIndices split = validation_split(images, count, 3);
    ASSERT_EQ(static_cast<int64_t>(split.validation.size()), count);
    ASSERT_TRUE(std::is_sorted(split.validation.begin(), split.validation.end()));
    ASSERT_TRUE(std::is_sorted(split.training.begin(), split.training.end()));
    std::vector<int64_t> together = split.training;
    together.insert(together.end(), split.validation.begin(), split.validation.end());
    std::sort(together.begin(), together.end());
    ASSERT_EQ(together, all_of(images));
  }
}

// By hand: 10 of 30, 20, 10 and 5 without a label are 4.61, 3.08, 1.54 and 0.77 of 65; the whole
// parts make 8, the largest remainders are .77 and .61.
TEST(ValidationSplit, SharesByLargestRemainder) {
  const NumberedImages images = mixed({30, 20, 10}, /*unlabelled=*/5);
  const std::map<int64_t, int64_t> counts =
      label_counts(images, validation_split(images, 10, 1).validation);
  EXPECT_EQ(counts, (std::map<int64_t, int64_t>{{no_label, 1}, {0, 5}, {1, 3}, {2, 1}}));
}

// numpy: floor(5000 * counts / 60000), then one each to the largest of the remainders.
TEST(ValidationSplit, SharesTheClassesOfMnist) {
  const NumberedImages images = mixed({5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949});
  const auto counts = label_counts(images, validation_split(images, 5000, 1).validation);
  std::vector<int64_t> shares;
  for (const auto& [label, count] : counts) shares.push_back(count);
  EXPECT_THAT(shares, ElementsAre(494, 562, 496, 511, 487, 452, 493, 522, 487, 496));
}

// Samples of class 0 are the even ones, of class 1 the odd ones.
TEST(ValidationSplit, ChoosesInEveryClassOnItsOwn) {
  const NumberedImages images = mixed({40, 40});
  std::vector<int64_t> even, odd;
  for (const int64_t index : validation_split(images, 20, 1).validation) {
    (index % 2 == 0 ? even : odd).push_back(index / 2);
  }
  EXPECT_EQ(even.size(), odd.size());
  EXPECT_NE(even, odd);
}

TEST(ValidationSplit, IsAFunctionOfTheSeed) {
  const NumberedImages images = mixed({40, 40});
  const std::vector<int64_t> first = validation_split(images, 20, 1).validation;
  EXPECT_EQ(first, validation_split(images, 20, 1).validation);
  EXPECT_NE(first, validation_split(images, 20, 2).validation);
}

TEST(ValidationSplit, RefusesToLeaveNothingToTrainOn) {
  const NumberedImages images = mixed({4});
  for (const int64_t count : {int64_t{4}, int64_t{5}, int64_t{-1}}) {
    try {
      validation_split(images, count, 1);
      ADD_FAILURE() << count;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::usage);
      EXPECT_THAT(error.what(), HasSubstr(std::to_string(count)));
    }
  }
}

TEST(BalancedChoice, TakesTheSameNumberOfEveryClassAndNoUnlabelled) {
  const NumberedImages images = mixed({30, 20, 10}, /*unlabelled=*/40);
  const std::vector<int64_t> chosen = balanced_choice(images, all_of(images), 7, 1);
  EXPECT_TRUE(std::is_sorted(chosen.begin(), chosen.end()));
  EXPECT_EQ(std::adjacent_find(chosen.begin(), chosen.end()), chosen.end());
  EXPECT_EQ(label_counts(images, chosen), (std::map<int64_t, int64_t>{{0, 7}, {1, 7}, {2, 7}}));
}

TEST(BalancedChoice, IsNestedAndAFunctionOfTheSeed) {
  const NumberedImages images = mixed({30, 20, 15});
  const std::vector<int64_t> most = balanced_choice(images, all_of(images), 15, 1);
  for (int64_t count = 0; count < 15; ++count) {
    const std::vector<int64_t> fewer = balanced_choice(images, all_of(images), count, 1);
    EXPECT_TRUE(std::includes(most.begin(), most.end(), fewer.begin(), fewer.end())) << count;
  }
  EXPECT_NE(most, balanced_choice(images, all_of(images), 15, 2));
}

TEST(BalancedChoice, TakesFromTheCandidatesOnly) {
  const NumberedImages images = mixed({30, 20});
  const SplitIndices split = validation_split(images, 30, 1);
  const std::vector<int64_t> chosen = balanced_choice(images, split.training, 8, 1);
  EXPECT_EQ(chosen.size(), 16U);
  EXPECT_TRUE(
      std::includes(split.training.begin(), split.training.end(), chosen.begin(), chosen.end()));
}

TEST(BalancedChoice, NamesTheClassThatHasFewer) {
  const NumberedImages images = mixed({30, 4});
  try {
    balanced_choice(images, all_of(images), 5, 1);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::usage);
    EXPECT_STREQ(error.what(), "wanted 5 images of each class, class 'class 1' has 4");
  }
}

TEST(OfClasses, KeepsTheImagesOfTheseClassesInTheirOrder) {
  const NumberedImages images = mixed({30, 20, 10}, /*unlabelled=*/40);
  const Classes& classes = images.classes();
  const std::vector<int64_t> chosen = of_classes(images, all_of(images), {classes[2], classes[0]});
  EXPECT_TRUE(std::is_sorted(chosen.begin(), chosen.end()));
  EXPECT_EQ(label_counts(images, chosen), (std::map<int64_t, int64_t>{{0, 30}, {2, 10}}));
  EXPECT_THROW(of_classes(images, all_of(images), {"no such class"}), Error);
}

TEST(BalancedChoice, OfSomeClassesAsksNothingOfTheOthers) {
  const NumberedImages images = mixed({30, 20, 2});
  const std::vector<int64_t> chosen =
      balanced_choice(images, all_of(images), 5, 1, {images.classes()[1]});
  EXPECT_EQ(label_counts(images, chosen), (std::map<int64_t, int64_t>{{1, 5}}));
}

TEST(LabelledChoice, TakesTheClassesInTurnAndGrowsByAddingOnly) {
  const NumberedImages images = mixed({3, 40, 40}, 7);
  const std::vector<int64_t> all = all_of(images);
  std::vector<int64_t> before;
  for (const int64_t count : {3, 4, 9, 12, 60, 83}) {
    const std::vector<int64_t> chosen = labelled_choice(images, all, count, 5);
    EXPECT_EQ(static_cast<int64_t>(chosen.size()), count);
    EXPECT_TRUE(std::is_sorted(chosen.begin(), chosen.end()));
    EXPECT_TRUE(std::includes(chosen.begin(), chosen.end(), before.begin(), before.end())) << count;
    const auto counts = label_counts(images, chosen);
    EXPECT_FALSE(counts.contains(no_label));
    if (count == 9) {
      EXPECT_THAT(counts, ElementsAre(Pair(0, 3), Pair(1, 3), Pair(2, 3)));
    }
    before = chosen;
  }
  EXPECT_THAT(label_counts(images, labelled_choice(images, all, 12, 5)),
              ElementsAre(Pair(0, 3), Pair(1, 5), Pair(2, 4)))
      << "a class that has no more gives its turn away";
  EXPECT_NE(labelled_choice(images, all, 12, 5), labelled_choice(images, all, 12, 6));
  for (const int64_t count : {2, 84}) {
    EXPECT_THROW(labelled_choice(images, all, count, 5), Error) << count;
  }
}

TEST(WithLabelsOf, HidesTheOtherLabelsAndNoPixel) {
  const auto whole = std::make_shared<NumberedImages>(std::vector<int64_t>{0, 1, 2});
  const DatasetPointer some = with_labels_of(whole, {2, 0});
  EXPECT_EQ(some->label(0), 0);
  EXPECT_EQ(some->label(1), no_label);
  EXPECT_EQ(some->label(2), 2);
  EXPECT_EQ(pixels_of(*some, {1, 0}), pixels_of(*whole, {1, 0}));
  EXPECT_NE(some->fingerprint(), whole->fingerprint());
  EXPECT_NE(some->fingerprint(), with_labels_of(whole, {0, 1})->fingerprint());
}

}  // namespace
}  // namespace retort
