#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>

#include "retort/result/result_for_tests.hpp"

namespace retort {
namespace {

using testing::HasSubstr;
using testing::Not;

class RecordFile : public testing::Test {
 protected:
  ~RecordFile() override { std::filesystem::remove(path_); }

  Path with(const std::string& text) const {
    write_file(path_, text);
    return path_;
  }

  // The message of the Error (data) that reading the text throws.
  template <class Read>
  std::string refusal(const std::string& text, Read read) const {
    try {
      read(with(text));
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::data);
      return error.what();
    }
    ADD_FAILURE() << "was read: " << text;
    return "";
  }

  const Path path_ =
      Path(testing::TempDir()) / testing::UnitTest::GetInstance()->current_test_info()->name();
};

uint64_t bits(double value) {
  return std::bit_cast<uint64_t>(value);
}

TEST_F(RecordFile, RunComesBackWhole) {
  const RunResult read = read_run_record(with(run_record_json(full_result())));
  EXPECT_EQ(read.experiment, "pairs");
  EXPECT_EQ(read.seed, 7);
  EXPECT_EQ(read.status, "done");
  EXPECT_EQ(read.classes, (std::vector<std::string>{"zero", "one"}));
  EXPECT_EQ(read.report_temperature, 4);
  EXPECT_EQ(read.export_difference, 1e-6);
  EXPECT_EQ(read.export_images, 1000);
  EXPECT_EQ(read.warnings, std::vector<std::string>{"look here"});
  EXPECT_EQ(read.experiment_text, "seed = 7\n");
  EXPECT_EQ(read.environment.compiler, "g++ 12");
  EXPECT_EQ(read.environment.cpu, "some CPU");
  EXPECT_EQ(read.environment.threads, 2);
  ASSERT_EQ(read.latencies.size(), 1);
  EXPECT_EQ(read.latencies[0].p95_ms, 1);
  ASSERT_EQ(read.agreements.size(), 1);
  EXPECT_EQ(read.agreements[0].second, "big");
  ASSERT_EQ(read.paired.size(), 1);
  EXPECT_EQ(read.paired[0].only_first_wrong, 2);
  EXPECT_EQ(read.paired[0].p, 0.875);
}

TEST_F(RecordFile, ModelsComeBackWhole) {
  const RunResult read = read_run_record(with(run_record_json(full_result())));
  ASSERT_EQ(read.models.size(), 2);
  const ModelResult& big = read.models[0];
  EXPECT_EQ(big.name, "big");
  EXPECT_EQ(big.role, "teacher");
  EXPECT_EQ(big.parameters, 100);
  EXPECT_EQ(big.macs, 90);
  EXPECT_EQ(big.file_bytes, 500);
  EXPECT_EQ(big.train_seconds, 30);
  EXPECT_EQ(big.images, 60);
  EXPECT_EQ(big.precision, "bf16");
  EXPECT_TRUE(big.found);
  EXPECT_EQ(big.validation.count, 2);
  EXPECT_EQ(big.test.errors, 1);
  EXPECT_EQ(big.test.class_accuracy, (std::vector<double>{1, 0.5}));
  EXPECT_EQ(big.test.confusion, (std::vector<std::vector<int64_t>>{{2, 0}, {1, 1}}));
  ASSERT_EQ(big.test.calibration.size(), 1);
  EXPECT_EQ(big.test.calibration[0].count, 4);
  EXPECT_EQ(big.test.calibration[0].confidence, 0.875);
  ASSERT_EQ(read.wrong_images.size(), 1);
  const WrongImage& image = read.wrong_images[0];
  EXPECT_EQ(image.index, 3);
  EXPECT_EQ(image.shape, (std::array<int64_t, 3>{1, 1, 2}));
  EXPECT_EQ(image.pixels, (std::vector<uint8_t>{0, 255}));
  EXPECT_EQ(image.label, 1);
  EXPECT_EQ(image.student, (std::vector<double>{0.75, 0.25}));
  EXPECT_EQ(image.teacher, (std::vector<double>{0.5, 0.5}));
}

TEST_F(RecordFile, SoftTargetsComeBackWhole) {
  const RunResult read = read_run_record(with(run_record_json(full_result())));
  ASSERT_EQ(read.soft_targets.size(), 1);
  const SoftTargets& targets = read.soft_targets[0];
  EXPECT_EQ(targets.teacher, "big");
  EXPECT_EQ(targets.classes, (std::vector<std::string>{"zero", "one"}));
  EXPECT_EQ(targets.split, "test");
  EXPECT_EQ(targets.count, 4);
  EXPECT_EQ(targets.temperature, 4);
  EXPECT_EQ(targets.temperatures, (std::vector<double>{1, 4}));
  ASSERT_EQ(targets.statistics.size(), 2);
  EXPECT_EQ(targets.at(4)->entropy_bits, 0.75);
  EXPECT_EQ(targets.at(4)->far_share, 1.0 / 3);
  EXPECT_EQ(targets.at(1)->spread, 0.125);
  EXPECT_EQ(targets.far_labels, 0.5);
  EXPECT_EQ(targets.similarity_temperature, 4);
  EXPECT_EQ(targets.similarity, (std::vector<std::vector<double>>{{0.75, 0.25}, {0.125, 0.875}}));
  EXPECT_TRUE(targets.typical);
  ASSERT_EQ(targets.examples.size(), 1);
  EXPECT_EQ(targets.examples[0].pixels, (std::vector<uint8_t>{7, 8}));
  EXPECT_EQ(targets.examples[0].probabilities[1], (std::vector<double>{0.625, 0.375}));
  EXPECT_EQ(targets.examples[0].entropy_bits, (std::vector<double>{0.8125, 0.9375}));
  ASSERT_EQ(targets.pairs.size(), 1);
  EXPECT_EQ(targets.pairs[0].first.index, 5);
  EXPECT_EQ(targets.pairs[0].second.index, 6);
  EXPECT_EQ(targets.pairs[0].second_favours, 2);
  EXPECT_EQ(targets.pairs[0].lead, 0.375);
  EXPECT_EQ(targets.warnings, std::vector<std::string>{"hot"});
}

TEST_F(RecordFile, WrittenAgainItIsTheSameText) {
  const std::string text = run_record_json(full_result());
  EXPECT_EQ(run_record_json(read_run_record(with(text))), text);
}

TEST_F(RecordFile, NumbersComeBackExactly) {
  using Limits = std::numeric_limits<double>;
  for (const double value : {0.1, -0.0, 1.0 / 3, Limits::denorm_min(), Limits::max(), 1e22, 5e-324,
                             static_cast<double>(INFINITY), -static_cast<double>(INFINITY)}) {
    RunResult result = full_result();
    result.models[0].test.nll = value;
    result.models[0].training.epochs[0].loss = value;
    const RunResult read = read_run_record(with(run_record_json(result)));
    EXPECT_EQ(bits(read.models[0].test.nll), bits(value)) << value;
    EXPECT_EQ(bits(read.models[0].training.epochs[0].loss), bits(value)) << value;
  }
  RunResult result = full_result();
  result.models[0].test.nll = std::nan("");
  EXPECT_TRUE(std::isnan(read_run_record(with(run_record_json(result))).models[0].test.nll));
  result.seed = std::numeric_limits<int64_t>::max();
  EXPECT_EQ(read_run_record(with(run_record_json(result))).seed, result.seed);
}

TEST_F(RecordFile, TrainingComesBackWhole) {
  const TrainingRecord written = full_result().models[0].training;
  const TrainingRecord read = read_training_record(with(training_record_json(written)));
  ASSERT_EQ(read.epochs.size(), 2);
  EXPECT_EQ(read.epochs[0].step, 10);
  EXPECT_EQ(read.epochs[0].learning_rate, 0.1);
  ASSERT_EQ(read.epochs[0].terms.size(), 1);
  EXPECT_EQ(read.epochs[0].terms[0].name, "hard");
  EXPECT_EQ(read.epochs[0].terms[0].weighted, 0.25);
  EXPECT_EQ(read.epochs[0].images, 600);
  EXPECT_EQ(read.epochs[0].terms[0].gradient_norm, 0.3);
  EXPECT_EQ(read.epochs[0].terms[0].kept, 0.9);
  EXPECT_EQ(read.epochs[0].gradient_norm, 0.7);
  EXPECT_EQ(read.epochs[0].validation_errors, 1);
  EXPECT_EQ(read.epochs[0].test_accuracy, 0.5);
  EXPECT_EQ(read.epochs[0].test_errors, 2);
  EXPECT_EQ(read.epochs[1].test_errors, -1);
  EXPECT_EQ(read.images_fingerprint, "0123");
  EXPECT_EQ(read.epochs[0].images_per_second, 1234.5);
  EXPECT_EQ(read.epochs[1].validation_accuracy, -1);
  EXPECT_EQ(read.time.data, 1);
  EXPECT_EQ(read.time.teacher, 2);
  EXPECT_EQ(read.time.forward, 3);
  EXPECT_EQ(read.time.loss, 4);
  EXPECT_EQ(read.time.backward, 5);
  EXPECT_EQ(read.time.optimiser, 6);
  EXPECT_EQ(read.time.evaluation, 7);
  EXPECT_EQ(read.time.total, 30);
  EXPECT_EQ(read.warnings, std::vector<std::string>{"slow"});
}

TEST_F(RecordFile, ForeignBytesAreWrittenAsReplacements) {
  RunResult result = full_result();
  result.classes[0] = "\xff";
  EXPECT_EQ(read_run_record(with(run_record_json(result))).classes[0], "\xEF\xBF\xBD");
  TrainingRecord training;
  training.warnings = {"\xff"};
  EXPECT_EQ(read_training_record(with(training_record_json(training))).warnings[0], "\xEF\xBF\xBD");
}

TEST_F(RecordFile, DamageIsOneLineThatNamesTheFile) {
  const std::string run = run_record_json(full_result());
  const std::string training = training_record_json(full_result().models[0].training);
  for (const std::string& text :
       {std::string(), std::string("{}"), std::string("[1, 2]"), std::string("\x01\n\x02"),
        run.substr(0, run.size() / 2), training.substr(0, training.size() / 2)}) {
    for (const std::string& message :
         {refusal(text, read_run_record), refusal(text, read_training_record)}) {
      EXPECT_THAT(message, HasSubstr(path_.string()));
      EXPECT_THAT(message, Not(HasSubstr("\n")));
    }
  }
}

TEST_F(RecordFile, FieldsOfAnotherKindAreRefused) {
  const std::string text = run_record_json(full_result());
  const auto with_instead = [&](const std::string& part, const std::string& other) {
    std::string changed = text;
    const size_t at = changed.find(part);
    EXPECT_NE(at, std::string::npos) << part;
    return changed.replace(at, part.size(), other);
  };
  refusal(with_instead(R"("seed":7)", R"("seed":"seven")"), read_run_record);
  refusal(with_instead(R"("nll":0.5)", R"("nll":"high")"), read_run_record);
  refusal(with_instead(R"("nll":0.5)", R"("nll":null)"), read_run_record);
  refusal(with_instead(R"("shape":[1,1,2])", R"("shape":[1,1])"), read_run_record);
  refusal(with_instead(R"("experiment":"pairs")", R"("experiment":1)"), read_run_record);
}

TEST_F(RecordFile, MissingFileIsNamed) {
  try {
    read_run_record("/nowhere/record.json");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::data);
    EXPECT_THAT(error.what(), HasSubstr("/nowhere/record.json"));
  }
}

}  // namespace
}  // namespace retort
