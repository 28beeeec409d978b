#include "retort/train/teacher_answers.hpp"

#include <gtest/gtest.h>

#include "retort/base/interrupt.hpp"
#include "retort/data/transforms.hpp"
#include "retort/model/zoo/mlp.hpp"
#include "retort/predict/micro_batches.hpp"
#include "tests/golden/row_images.hpp"

namespace retort {
namespace {

using golden::RowImages;

// Counts the images that it is asked for.
class Counted : public Predictor {
 public:
  explicit Counted(uint64_t seed) : inner_(model(seed)) {}
  NamedTensors predict(const Tensor& images, const Names& wanted) const override {
    asked += images.size(0);
    return inner_.predict(images, wanted);
  }
  std::vector<OutputInfo> outputs() const override { return inner_.outputs(); }
  const Shape& input_shape() const override { return inner_.input_shape(); }
  const Classes& classes() const override { return inner_.classes(); }
  Shape logits_shape() const override { return inner_.logits_shape(); }
  Fingerprint fingerprint() const override { return inner_.fingerprint(); }
  mutable int64_t asked = 0;

 private:
  static Model model(uint64_t seed) {
    Graph graph = Mlp{{20}, {}}.build({1, 4, 4}, 3);
    return {graph, initial_weights(graph, seed)};
  }
  NetworkPredictor inner_;
};

const RowImages images(1200);  // more than two of the batches in which all are asked
const Names both = {"student/logits", "big/logits", "other/logits"};

Batch some_batch() {
  return make_batch(images, {{.index = 1199}, {.index = 3}, {.index = 600}, {.index = 3}});
}

TEST(TeacherAnswers, RememberedOnesAreTheLiveOnes) {
  const Teachers teachers = {{"big", std::make_shared<Counted>(1)},
                             {"other", std::make_shared<Counted>(2)}};
  TeacherAnswers remembered(teachers, both, images, {.in_memory = true}),
      live(teachers, both, images);
  ASSERT_TRUE(remembered.remembers());
  ASSERT_FALSE(live.remembers());
  const NamedTensors a = remembered.answers(some_batch()), b = live.answers(some_batch());
  EXPECT_EQ(a.names(), (Names{"big/logits", "other/logits"}));
  EXPECT_EQ(b.names(), a.names());
  for (const std::string& name : a.names()) {
    EXPECT_TRUE(a.at(name).equal(b.at(name))) << name;
  }
  EXPECT_GT(golden::largest_difference(a.at("big/logits"), a.at("other/logits")), 0.01);
}

TEST(TeacherAnswers, EveryImageIsAskedOnceAndOnlyTeachersThatAreRead) {
  const auto big = std::make_shared<Counted>(1), silent = std::make_shared<Counted>(2);
  TeacherAnswers answers({{"big", big}, {"silent", silent}}, both, images, {.in_memory = true});
  answers.answers(some_batch());
  EXPECT_EQ(big->asked, 1216) << "19 micro-batches";
  EXPECT_EQ(silent->asked, 0);
}

TEST(TeacherAnswers, AugmentedImagesAreAskedAsTheStudentSeesThem) {
  const auto whole = std::make_shared<RowImages>(1200);
  const DatasetPointer shifted = transformed(whole, {Transform{Shift{.pixels = 1}}});
  const auto big = std::make_shared<Counted>(1);
  TeacherAnswers answers({{"big", big}}, both, *shifted,
                         {.in_memory = TeacherAnswers::asks_once(*shifted, 3, {})});
  EXPECT_FALSE(answers.remembers());
  const Batch batch = make_batch(*shifted, {{.index = 5, .view = 0}, {.index = 5, .view = 8}});
  const Tensor logits = answers.answers(batch).at("big/logits");
  EXPECT_TRUE(logits.equal(predict_in_micro_batches(*big, batch, {"logits"}).at("logits")));
  EXPECT_GT(golden::largest_difference(logits[0], logits[1]), 1e-3);
}

TEST(TeacherAnswers, AreLiveWhereTheyWouldTakeTooMuchMemory) {
  const auto big = std::make_shared<Counted>(1);
  const int64_t bytes = 1200 * 3 * 4;
  EXPECT_TRUE(TeacherAnswers({{"big", big}}, both, images, {.in_memory = true, .most_bytes = bytes})
                  .remembers());
  big->asked = 0;
  TeacherAnswers live({{"big", big}}, both, images, {.in_memory = true, .most_bytes = bytes - 1});
  EXPECT_FALSE(live.remembers());
  EXPECT_EQ(big->asked, 512) << "one batch told the size";
  EXPECT_EQ(live.answers(some_batch()).at("big/logits").size(0), 4);
}

TEST(TeacherAnswersDeathTest, HearARequestToStop) {
  const auto ask = [] {
    request_stop();
    try {
      TeacherAnswers({{"big", std::make_shared<Counted>(1)}}, both, images, {.in_memory = true});
    } catch (const Error& error) {
      std::exit(static_cast<int>(error.code()));
    }
    std::exit(0);
  };
  EXPECT_EXIT(ask(), testing::ExitedWithCode(75), "");
}

// Moved images for the student, plain ones for one of its teachers.
TEST(TeacherAnswers, PlainImagesAreAskedAsTheyAre) {
  const auto whole = std::make_shared<RowImages>(1200);
  const DatasetPointer shifted = transformed(whole, {Transform{Shift{.pixels = 1}}});
  const auto big = std::make_shared<Counted>(1), other = std::make_shared<Counted>(2);
  const PlainImages plain{whole, {"big"}};
  TeacherAnswers live({{"big", big}, {"other", other}}, both, *shifted, {}, plain);
  TeacherAnswers remembered({{"big", big}, {"other", other}}, both, *shifted, {.in_memory = true},
                            plain);
  EXPECT_TRUE(remembered.remembers());
  EXPECT_EQ(other->asked, 0) << "it sees moved images";
  const Batch batch = make_batch(*shifted, {{.index = 5, .view = 0}, {.index = 7, .view = 8}});
  const Tensor of_plain =
      predict_in_micro_batches(*big, make_batch(*whole, {{.index = 5}, {.index = 7}}), {"logits"})
          .at("logits");
  const Tensor of_moved = predict_in_micro_batches(*other, batch, {"logits"}).at("logits");
  for (TeacherAnswers* answers : {&live, &remembered}) {
    const NamedTensors values = answers->answers(batch);
    EXPECT_TRUE(values.at("big/logits").equal(of_plain));
    EXPECT_TRUE(values.at("other/logits").equal(of_moved));
  }
}

TEST(TeacherAnswers, MovedAndPlainImagesShareTheMemory) {
  const auto whole = std::make_shared<RowImages>(1200);
  const auto big = std::make_shared<Counted>(1), other = std::make_shared<Counted>(2);
  const Teachers teachers = {{"big", big}, {"other", other}};
  const int64_t bytes = 1200 * 3 * 4;
  const auto asked_in_a_batch = [&](int64_t most) {
    TeacherAnswers answers(teachers, both, images, {.in_memory = true, .most_bytes = most},
                           {whole, {"other"}});
    big->asked = other->asked = 0;
    answers.answers(some_batch());
    return std::pair{big->asked, other->asked};
  };
  const int64_t live = micro_batch_images;
  EXPECT_EQ(asked_in_a_batch(2 * bytes), std::pair(int64_t{0}, int64_t{0}));
  EXPECT_EQ(asked_in_a_batch(2 * bytes - 1), std::pair(int64_t{0}, live));
  EXPECT_EQ(asked_in_a_batch(bytes - 1), std::pair(live, live));
}

}  // namespace
}  // namespace retort
