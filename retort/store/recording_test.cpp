#include "retort/store/recording.hpp"

#include <ATen/ops/arange.h>
#include <ATen/ops/full.h>
#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "retort/tensor/safetensors.hpp"

namespace retort {
namespace {

using testing::HasSubstr;

// 10 samples in 3 views; a row of "logits" is 4 numbers, one of "map" 2 x 2.
RecordingSubject subject(const std::string& precision = "fp32") {
  return {.teacher = fingerprint_of("teacher"),
          .data = fingerprint_of("data"),
          .transforms = "flip",
          .samples = 10,
          .views = 3,
          .precision = precision,
          .tensors = {{"logits", {4}}, {"map", {2, 2}}}};
}

// Rows that tell their key: 100 * view + sample + tenths.
NamedTensors rows_of(const std::vector<SampleKey>& keys) {
  const auto count = static_cast<int64_t>(keys.size());
  const Tensor logits = at::arange(4, at::kFloat).div(10).repeat({count, 1});
  for (int64_t i = 0; i < count; ++i) {
    const SampleKey key = keys[static_cast<size_t>(i)];
    logits[i].add_(static_cast<double>(100 * key.view + key.index));
  }
  return {{"logits", logits}, {"map", logits.neg().reshape({count, 2, 2})}};
}

class RecordingTest : public testing::Test {
 protected:
  RecordingTest() { std::filesystem::remove_all(folder_); }
  ~RecordingTest() override { std::filesystem::remove_all(folder_); }

  std::shared_ptr<Recording> open() const { return Recording::open(folder_, subject()); }
  void record(const std::vector<SampleKey>& keys) const { open()->add(keys, rows_of(keys)); }
  void expect_rows(const Recording& recording, const std::vector<SampleKey>& keys) const {
    const NamedTensors rows = rows_of(keys);
    for (const auto& [name, values] : rows) {
      EXPECT_TRUE(recording.gather(name, keys).equal(values)) << name;
    }
  }
  template <class Work>
  std::string error_of(ExitCode code, const Work& work) const {
    try {
      work();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), code);
      return error.what();
    }
    ADD_FAILURE() << "no error";
    return "";
  }

  Path folder_ = Path(testing::TempDir()) / ("recording" + std::to_string(::getpid()));
};

TEST_F(RecordingTest, HoldsRowsInAnyOrderBeforeAndAfterTheyAreWritten) {
  const auto recording = open();
  const std::vector<SampleKey> first = {{7, 2}, {0, 0}, {3, 1}}, second = {{3, 1}, {9, 2}};
  recording->add(first, rows_of(first));
  expect_rows(*recording, {{3, 1}, {7, 2}, {3, 1}});
  recording->flush();
  recording->add(second, rows_of(second));
  expect_rows(*recording, {{9, 2}, {0, 0}, {7, 2}, {3, 1}});
  EXPECT_EQ(recording->rows(), 4);
  EXPECT_FALSE(recording->has({0, 1}));
  recording->flush();
  expect_rows(*Recording::open_to_read(folder_), {{9, 2}, {0, 0}, {7, 2}, {3, 1}});
}

TEST_F(RecordingTest, ShardsAreSafetensorsWithTheirKeys) {
  record({{7, 2}, {0, 0}});
  const Safetensors shard = read_safetensors(folder_ / "shard-00000.safetensors");
  EXPECT_EQ(shard.tensors.at("sample")[0].item<int64_t>(), 7);
  EXPECT_EQ(shard.tensors.at("view")[0].item<int64_t>(), 2);
  EXPECT_FLOAT_EQ(shard.tensors.at("logits")[0][1].item<float>(), 207.1F);
  EXPECT_EQ(shard.tensors.at("map").sizes().vec(), (Shape{2, 2, 2}));
  EXPECT_EQ(shard.metadata.at("retort.transforms"), "flip");
}

TEST_F(RecordingTest, TwoThatShareAFolderKeepWhatBothWrote) {
  const auto a = open(), b = open();
  a->add({{1, 0}, {2, 0}}, rows_of({{1, 0}, {2, 0}}));
  b->add({{2, 0}, {3, 0}}, rows_of({{2, 0}, {3, 0}}));
  a->flush();
  b->flush();
  EXPECT_TRUE(b->has({1, 0}));
  expect_rows(*b, {{1, 0}, {2, 0}, {3, 0}});
  const auto both = Recording::open_to_read(folder_);
  EXPECT_EQ(both->rows(), 3);
  EXPECT_EQ(Recording::rows_in(folder_), 3) << "no row is written twice";
}

TEST_F(RecordingTest, ManyProcessesLoseNothing) {
  std::vector<pid_t> children;
  for (int64_t child = 0; child < 4; ++child) {
    const pid_t pid = ::fork();
    if (pid == 0) {
      for (int64_t sample = 0; sample < 10; ++sample) record({{sample, sample % 3}});
      ::_exit(0);
    }
    children.push_back(pid);
  }
  for (const pid_t pid : children) {
    int status = 1;
    ::waitpid(pid, &status, 0);
    EXPECT_EQ(status, 0);
  }
  EXPECT_EQ(Recording::open_to_read(folder_)->rows(), 10);
  expect_rows(*open(), {{0, 0}, {9, 0}, {5, 2}});
}

TEST_F(RecordingTest, Fp16RoundsByHalfAStepAtMost) {
  const std::vector<SampleKey> keys = {{7, 2}, {3, 0}};
  const auto recording = Recording::open(folder_, subject("fp16"));
  recording->add(keys, rows_of(keys));
  const Tensor exact = rows_of(keys).at("logits");
  const auto check = [&](const Recording& one) {
    const Tensor difference = one.gather("logits", keys).sub(exact).abs();
    EXPECT_TRUE(difference.le(exact.abs().mul(1.0 / 2048)).all().item<bool>());
    EXPECT_GT(difference.max().item<float>(), 0);
  };
  check(*recording);
  recording->flush();
  check(*Recording::open_to_read(folder_));
  const NamedTensors large = {{"logits", at::full({1, 4}, 7e4, at::kFloat)},
                              {"map", at::full({1, 2, 2}, 1.0, at::kFloat)}};
  EXPECT_THAT(error_of(ExitCode::numeric,
                       [&] {
                         recording->add({{1, 1}}, large);
                       }),
              HasSubstr("beyond fp16"));
}

// A process checks a file once: another one has written these.
TEST_F(RecordingTest, ADamagedShardAloneIsTakenOut) {
  const pid_t writer = ::fork();
  if (writer == 0) {
    for (const int64_t sample : {1, 2, 3}) record({{sample, 0}});
    ::_exit(0);
  }
  ::waitpid(writer, nullptr, 0);
  const Path second = folder_ / "shard-00001.safetensors";
  std::string bytes = read_file(second, ExitCode::data);
  bytes[bytes.size() - 3] = static_cast<char>(bytes[bytes.size() - 3] ^ 4);
  std::ofstream(second, std::ios::binary) << bytes;
  EXPECT_THAT(error_of(ExitCode::data, [&] { Recording::open_to_read(folder_); }),
              testing::AllOf(HasSubstr("shard-00001.safetensors"), HasSubstr("checksum")));
  const auto mended = open();
  EXPECT_THAT(mended->warnings(), testing::ElementsAre(HasSubstr("shard-00001.safetensors")));
  EXPECT_FALSE(mended->has({2, 0}));
  mended->add({{2, 0}}, rows_of({{2, 0}}));
  mended->flush();
  expect_rows(*Recording::open_to_read(folder_), {{1, 0}, {2, 0}, {3, 0}});
}

TEST_F(RecordingTest, AMissingShardIsNamedOrTakenOut) {
  record({{1, 0}});
  record({{2, 0}});
  std::filesystem::remove(folder_ / "shard-00000.safetensors");
  EXPECT_THAT(error_of(ExitCode::data, [&] { Recording::open_to_read(folder_); }),
              testing::AllOf(HasSubstr("shard-00000.safetensors"), HasSubstr("missing")));
  const auto mended = open();
  EXPECT_EQ(mended->rows(), 1);
  EXPECT_THAT(mended->warnings(), testing::ElementsAre(HasSubstr("its 1 rows")));
  expect_rows(*mended, {{2, 0}});
  EXPECT_TRUE(open()->warnings().empty()) << "told once";
}

TEST_F(RecordingTest, NamesWhatDiffers) {
  record({{1, 0}});
  const auto expect = [&](const auto& change, const char* says) {
    RecordingSubject other = subject();
    change(other);
    EXPECT_THAT(error_of(ExitCode::usage, [&] { Recording::open(folder_, other); }),
                HasSubstr(says));
    EXPECT_NE(other.fingerprint(), subject().fingerprint()) << says;
  };
  expect([](auto& s) { s.teacher = fingerprint_of("x"); }, "the teacher differs");
  expect([](auto& s) { s.data = fingerprint_of("x"); }, "the data differ");
  expect([](auto& s) { s.transforms = "shift"; }, "the transforms differ: wanted shift, it");
  expect([](auto& s) { s.precision = "fp16"; }, "the precision differs");
  expect([](auto& s) { s.tensors.pop_back(); }, "the tensors differ: wanted logits [4], it");
}

TEST_F(RecordingTest, RefusesMoreRowsThanItCanHold) {
  RecordingSubject large = subject();
  large.views = Recording::most_rows;
  EXPECT_THAT(error_of(ExitCode::usage, [&] { Recording::open(folder_, large); }),
              HasSubstr("rows"));
}

TEST_F(RecordingTest, RefusesAListThatIsNone) {
  record({{1, 0}});
  for (const char* text :
       {"", "[]", "{}", R"({"schema": 9})", R"({"schema": 1, "teacher": "x"})"}) {
    std::ofstream(folder_ / "recording.json") << text;
    error_of(ExitCode::data, [&] { Recording::open_to_read(folder_); });
  }
}

}  // namespace
}  // namespace retort
