#include "retort/data/joined.hpp"

#include <gmock/gmock.h>

#include "retort/base/error.hpp"
#include "retort/data/byte_images.hpp"
#include "retort/data/subset.hpp"

namespace retort {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

// Images of one pixel, whose byte is 51 times a number.
DatasetPointer images(std::vector<uint8_t> numbers, std::vector<uint8_t> labels, Classes classes) {
  for (uint8_t& number : numbers) number = static_cast<uint8_t>(51 * number);
  return std::make_shared<ByteImages>(Shape{1, 1, 1}, std::move(numbers), std::move(labels),
                                      std::move(classes));
}

float pixel_of(const Dataset& dataset, int64_t index) {
  float pixel = -1;
  dataset.read({.index = index}, {&pixel, 1});
  return pixel;
}

std::vector<int64_t> labels_of(const Dataset& dataset) {
  std::vector<int64_t> labels;
  for (int64_t i = 0; i < dataset.size(); ++i) labels.push_back(dataset.label(i));
  return labels;
}

TEST(Joined, OneAfterTheOther) {
  const DatasetPointer first = images({1, 2}, {0, 1}, {"a", "b"});
  const DatasetPointer second = images({3, 4, 5}, {1, 1, 0}, {"a", "b"});
  const DatasetPointer both = joined({first, subset(second, {2, 0})});
  ASSERT_EQ(both->size(), 4);
  EXPECT_THAT(labels_of(*both), ElementsAre(0, 1, 0, 1));
  EXPECT_FLOAT_EQ(pixel_of(*both, 1), 0.4F);
  EXPECT_FLOAT_EQ(pixel_of(*both, 2), 1.0F);
  EXPECT_FLOAT_EQ(pixel_of(*both, 3), 0.6F);
  // What is recorded of a sample is found again where another part of the second set is joined.
  EXPECT_EQ(both->source_size(), 5);
  EXPECT_EQ(both->source_index(2), 4);
  EXPECT_EQ(both->source_index(3), 2);
  EXPECT_EQ(both->source_fingerprint(), joined({first, second})->source_fingerprint());
  EXPECT_NE(both->fingerprint(), joined({first, second})->fingerprint());
  EXPECT_EQ(joined({first}), first);
}

TEST(Joined, WithoutLabelsNothingIsKnownOfThem) {
  const DatasetPointer hidden = without_labels(images({1, 2}, {0, 0}, {"shirt"}), {"a", "b"});
  EXPECT_THAT(hidden->classes(), ElementsAre("a", "b"));
  EXPECT_THAT(labels_of(*hidden), ElementsAre(no_label, no_label));
  EXPECT_FLOAT_EQ(pixel_of(*hidden, 1), 0.4F);
}

TEST(Joined, ClassesAreMatchedByName) {
  const DatasetPointer turned = with_class_order(images({1, 2}, {0, 1}, {"b", "a"}), {"a", "b"});
  EXPECT_THAT(labels_of(*turned), ElementsAre(1, 0));
  EXPECT_THAT(turned->classes(), ElementsAre("a", "b"));
  try {
    with_class_order(images({1}, {0}, {"a", "shirt"}), {"a", "b"});
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::usage);
    EXPECT_THAT(error.what(), AllOf(HasSubstr("only here: shirt"), HasSubstr("only there: b")));
  }
}

}  // namespace
}  // namespace retort
