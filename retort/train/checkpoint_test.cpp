#include "retort/train/checkpoint.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "retort/base/error.hpp"
#include "retort/tensor/safetensors.hpp"
#include "tests/golden/golden.hpp"

namespace retort {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

class CheckpointFolder : public testing::Test {
 protected:
  CheckpointFolder() {
    std::string pattern = testing::TempDir() + "retort-checkpoint-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
  }
  ~CheckpointFolder() override { std::filesystem::remove_all(folder_); }

  Checkpoints checkpoints(std::string settings = "epochs = 3\nbatch = 25\n",
                          std::string threads = "2") const {
    return {folder_, {std::move(settings), {{"threads", std::move(threads)}}}, 10};
  }

  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
      names.push_back(entry.path().filename().string());
    }
    return names;
  }

  Path path(const std::string& step) const { return folder_ / ("step-" + step + ".safetensors"); }
  std::string bytes(const std::string& step) const {
    return read_file(path(step), ExitCode::unexpected);
  }

  // What `newest` refuses, with exit code 4.
  static std::string refusal(Checkpoints checkpoints) {
    try {
      checkpoints.newest();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::model) << error.what();
      return error.what();
    }
    ADD_FAILURE() << "no error";
    return "";
  }

  Path folder_;
};

// As write_file, without waiting for the disk.
void put(const Path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

Checkpoint checkpoint_at(int64_t step) {
  Checkpoint checkpoint{.step = step, .tensors = {}, .record = {}};
  const auto seed = static_cast<uint64_t>(step);
  checkpoint.tensors.set("model/w", golden::pattern(seed, {2, 3}, -1, 1).to(at::kFloat));
  checkpoint.tensors.set("epoch/sums", golden::pattern(seed + 1, {2}, -1, 1));
  checkpoint.tensors.set("optimiser/steps_done", golden::labels(seed, {}, 100));
  checkpoint.record.time.total = 0.1 * static_cast<double>(step);
  checkpoint.record.epochs.push_back({.epoch = 1, .step = step, .loss = 1.0 / 3});
  checkpoint.record.warnings = {"a \"quoted\" line"};
  return checkpoint;
}

void expect_same(const Checkpoint& found, const Checkpoint& wanted) {
  EXPECT_EQ(found.step, wanted.step);
  EXPECT_EQ(found.tensors.size(), wanted.tensors.size());
  for (const auto& [name, tensor] : wanted.tensors) {
    EXPECT_TRUE(found.tensors.at(name).equal(tensor)) << name;
  }
  EXPECT_EQ(found.record.time.total, wanted.record.time.total);
  ASSERT_EQ(found.record.epochs.size(), wanted.record.epochs.size());
  EXPECT_EQ(found.record.epochs[0].loss, wanted.record.epochs[0].loss);
  EXPECT_EQ(found.record.warnings, wanted.record.warnings);
}

TEST_F(CheckpointFolder, WithoutAnyHasNothingToSay) {
  EXPECT_FALSE(checkpoints().newest().checkpoint);
  std::filesystem::remove(folder_);
  const Checkpoints::Found found = checkpoints().newest();
  EXPECT_FALSE(found.checkpoint);
  EXPECT_THAT(found.warnings, ElementsAre());
}

TEST_F(CheckpointFolder, GivesBackWhatWasSaved) {
  const Checkpoint saved = checkpoint_at(1234);
  checkpoints().save(saved);
  EXPECT_THAT(names(), ElementsAre("step-00001234.safetensors"));
  const Checkpoints::Found found = checkpoints().newest();
  EXPECT_THAT(found.warnings, ElementsAre());
  expect_same(found.checkpoint.value(), saved);
}

TEST_F(CheckpointFolder, OfTheSameContentHasTheSameBytes) {
  checkpoints().save(checkpoint_at(10));
  const std::string first = bytes("00000010");
  checkpoints().save(checkpoint_at(10));
  EXPECT_EQ(bytes("00000010"), first);
}

TEST_F(CheckpointFolder, KeepsTheLastTwo) {
  Checkpoints mine = checkpoints();
  for (const int64_t step : {9, 10, 123'456'789, 200'000'000}) mine.save(checkpoint_at(step));
  EXPECT_THAT(names(),
              UnorderedElementsAre("step-123456789.safetensors", "step-200000000.safetensors"));
  expect_same(checkpoints().newest().checkpoint.value(), checkpoint_at(200'000'000));
}

TEST_F(CheckpointFolder, SaysWhenOneIsDue) {
  const Checkpoints every_ten = checkpoints();
  EXPECT_TRUE(every_ten.due(20));
  EXPECT_FALSE(every_ten.due(21));
  EXPECT_FALSE(Checkpoints(folder_, {}, 0).due(20));
}

TEST_F(CheckpointFolder, RefusesEveryTruncation) {
  checkpoints().save(checkpoint_at(10));
  const std::string whole = bytes("00000010");
  for (size_t length = 0; length < whole.size(); ++length) {
    put(path("00000010"), whole.substr(0, length));
    const Checkpoints::Found found = checkpoints().newest();
    ASSERT_FALSE(found.checkpoint) << length;
    ASSERT_EQ(found.warnings.size(), 2U);
    ASSERT_THAT(found.warnings[0], HasSubstr(path("00000010").string()));
  }
  put(path("00000010"), whole + "x");
  EXPECT_FALSE(checkpoints().newest().checkpoint);
  put(path("00000010"), whole);
  EXPECT_TRUE(checkpoints().newest().checkpoint);
}

TEST_F(CheckpointFolder, RefusesEveryBitFlip) {
  checkpoints().save(checkpoint_at(10));
  const std::string whole = bytes("00000010");
  for (size_t bit = 0; bit < 8 * whole.size(); ++bit) {
    std::string flipped = whole;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    put(path("00000010"), flipped);
    ASSERT_FALSE(checkpoints().newest().checkpoint) << "bit " << bit;
  }
}

TEST_F(CheckpointFolder, SkipsDamagedOnesByName) {
  Checkpoints mine = checkpoints();
  mine.save(checkpoint_at(10));
  mine.save(checkpoint_at(20));
  put(path("00000020"), bytes("00000020").substr(0, 300));
  put(path("00000030"), "");
  std::filesystem::create_directory(path("00000040"));
  write_file(folder_ / "step-x.safetensors", "somebody's");
  const Checkpoints::Found found = checkpoints().newest();
  expect_same(found.checkpoint.value(), checkpoint_at(10));
  EXPECT_THAT(found.warnings,
              ElementsAre(HasSubstr("00000040"), HasSubstr("00000030"), HasSubstr("00000020")));
}

TEST_F(CheckpointFolder, NeverTradesASoundOneForADamagedOne) {
  checkpoints().save(checkpoint_at(10));
  put(path("00000015"), "damaged");
  put(path("00000099"), "damaged");
  Checkpoints mine = checkpoints();
  mine.newest();
  mine.save(checkpoint_at(20));
  EXPECT_THAT(names(),
              UnorderedElementsAre("step-00000010.safetensors", "step-00000020.safetensors"));
}

TEST_F(CheckpointFolder, UnderAnotherStepsNameIsDamaged) {
  checkpoints().save(checkpoint_at(10));
  std::filesystem::rename(path("00000010"), path("00000020"));
  EXPECT_THAT(checkpoints().newest().warnings[0], HasSubstr("it is of step 10"));
}

TEST_F(CheckpointFolder, OfAnotherTrainingIsRefusedWithWhatDiffers) {
  checkpoints("epochs = 30\nbatch = 25\n").save(checkpoint_at(10));
  EXPECT_THAT(refusal(checkpoints()),
              testing::AllOf(HasSubstr(path("00000010").string()),
                             HasSubstr("of another training (epochs = 30), wanted one of "
                                       "(epochs = 3); remove " +
                                       folder_.string())));
}

TEST_F(CheckpointFolder, OfAnotherNumberOfThreadsIsUsedWithAWarning) {
  checkpoints().save(checkpoint_at(10));
  const Checkpoints::Found found = checkpoints("epochs = 3\nbatch = 25\n", "1").newest();
  ASSERT_TRUE(found.checkpoint);
  EXPECT_THAT(found.warnings, ElementsAre(HasSubstr("was written with threads 2, now 1")));
  EXPECT_EQ(found.checkpoint->record.warnings.back(), found.warnings[0])
      << "the report says so too";
}

TEST_F(CheckpointFolder, LosesWhatAKilledProcessLeft) {
  write_file(folder_ / "step-00000010.safetensors.AbC123.unfinished", "half");
  checkpoints();
  EXPECT_THAT(names(), ElementsAre());
}

}  // namespace
}  // namespace retort
