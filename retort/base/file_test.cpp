#include "retort/base/file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <cstdlib>
#include <fstream>

namespace retort {
namespace {

using testing::HasSubstr;

class File : public testing::Test {
 protected:
  File() {
    std::string pattern = testing::TempDir() + "retort-file-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
  }
  ~File() override { std::filesystem::remove_all(folder_); }

  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
      names.push_back(entry.path().filename().string());
    }
    return names;
  }

  Path folder_;
};

// While it lives, no file grows beyond `bytes`: what a full disk does.
class SizeLimit {
 public:
  explicit SizeLimit(rlim_t bytes) {
    old_handler_ = std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &old_);
    const rlimit limit{bytes, old_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~SizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &old_);
    std::signal(SIGXFSZ, old_handler_);
  }

 private:
  rlimit old_{};
  void (*old_handler_)(int);
};

// Runs `code` and returns what it threw; a test that expects an error fails when there is none.
template <class Code>
std::string error_with(ExitCode wanted, Code code) {
  try {
    code();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), wanted) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "no error";
  return "";
}

TEST_F(File, ReadsTheBytesThatWereWritten) {
  const std::string bytes("a\0b\r\n\xff", 6);
  write_file(folder_ / "x", bytes);
  EXPECT_EQ(read_file(folder_ / "x", ExitCode::data), bytes);
  write_file(folder_ / "x", "");
  EXPECT_EQ(read_file(folder_ / "x", ExitCode::data), "");
}

TEST_F(File, ReplacesAFileAndLeavesNothingBeside) {
  write_file(folder_ / "x", "a long first text");
  write_file(folder_ / "x", "second");
  EXPECT_EQ(read_file(folder_ / "x", ExitCode::data), "second");
  EXPECT_EQ(names(), std::vector<std::string>{"x"});
}

TEST_F(File, IsReadableByOthers) {
  write_file(folder_ / "x", "text");
  EXPECT_EQ(std::filesystem::status(folder_ / "x").permissions(),
            static_cast<std::filesystem::perms>(0644));
}

TEST_F(File, ThatDoesNotFitLeavesTheOldOne) {
  write_file(folder_ / "x", "old");
  const std::string message = error_with(ExitCode::resources, [&] {
    const SizeLimit limit(4096);
    write_file(folder_ / "x", std::string(10000, 'n'));
  });
  EXPECT_THAT(message, HasSubstr((folder_ / "x").string() + ": cannot write: File too large"));
  EXPECT_THAT(message, HasSubstr("free some space"));
  EXPECT_EQ(read_file(folder_ / "x", ExitCode::data), "old");
  EXPECT_EQ(names(), std::vector<std::string>{"x"});
}

// Killed while it writes more than fits into the limit: SIGXFSZ ends the process on the spot.
TEST_F(File, LeftByAKilledProcessIsRemoved) {
  write_file(folder_ / "x.txt", "old");
  const auto killed = [&] {
    const rlimit limit{4096, 4096};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    write_file(folder_ / "x.txt", std::string(10000, 'n'));
  };
  EXPECT_EXIT(killed(), testing::KilledBySignal(SIGXFSZ), "");
  write_file(folder_ / "my.unfinished", "somebody's");
  EXPECT_EQ(names().size(), 3U);
  remove_unfinished_files(folder_);
  EXPECT_THAT(names(), testing::UnorderedElementsAre("x.txt", "my.unfinished"));
  EXPECT_EQ(read_file(folder_ / "x.txt", ExitCode::data), "old");
  remove_unfinished_files(folder_ / "none");
}

TEST_F(File, CannotReplaceAFolder) {
  std::filesystem::create_directory(folder_ / "x");
  const std::string message =
      error_with(ExitCode::resources, [&] { write_file(folder_ / "x", "text"); });
  EXPECT_THAT(message, HasSubstr("cannot write: Is a directory"));
  EXPECT_EQ(names(), std::vector<std::string>{"x"});
}

TEST_F(File, NeedsItsFolder) {
  EXPECT_THAT(error_with(ExitCode::resources, [&] { write_file(folder_ / "no" / "x", "text"); }),
              HasSubstr("No such file or directory"));
}

TEST_F(File, SaysWhyItCannotBeRead) {
  EXPECT_THAT(error_with(ExitCode::usage, [&] { read_file(folder_ / "no", ExitCode::usage); }),
              HasSubstr("no: No such file or directory"));
  EXPECT_THAT(error_with(ExitCode::data, [&] { read_file(folder_, ExitCode::data); }),
              HasSubstr("Is a directory"));
  write_file(folder_ / "x", "12345");
  EXPECT_EQ(read_file(folder_ / "x", ExitCode::data, 5), "12345");
  EXPECT_THAT(error_with(ExitCode::data, [&] { read_file(folder_ / "x", ExitCode::data, 4); }),
              HasSubstr("File too large"));
}

TEST_F(File, FoldersAreMadeWithTheirParents) {
  make_writable_folder(folder_ / "a" / "b");
  EXPECT_TRUE(std::filesystem::is_directory(folder_ / "a" / "b"));
  make_writable_folder(folder_ / "a" / "b");
  write_file(folder_ / "x", "text");
  EXPECT_THAT(error_with(ExitCode::resources, [&] { make_writable_folder(folder_ / "x"); }),
              HasSubstr("cannot write"));
  EXPECT_THAT(error_with(ExitCode::resources, [&] { make_writable_folder(folder_ / "x" / "y"); }),
              HasSubstr("Not a directory"));
}

TEST_F(File, OfLinesIsThereLineByLine) {
  LineFile file(folder_ / "metrics.jsonl");
  file.write("one");
  EXPECT_EQ(read_file(folder_ / "metrics.jsonl", ExitCode::data), "one\n");
  file.write("");
  file.write("three");
  EXPECT_EQ(read_file(folder_ / "metrics.jsonl", ExitCode::data), "one\n\nthree\n");
}

TEST_F(File, OfLinesGoesOnAtItsEnd) {
  write_file(folder_ / "log.txt", "one\n");
  LineFile(folder_ / "log.txt").write("two");
  EXPECT_EQ(read_file(folder_ / "log.txt", ExitCode::data), "one\ntwo\n");
}

TEST_F(File, OfLinesSaysWhenTheDiskIsFull) {
  LineFile file(folder_ / "metrics.jsonl");
  EXPECT_THAT(error_with(ExitCode::resources,
                         [&] {
                           const SizeLimit limit(4096);
                           file.write(std::string(5000, 'x'));
                         }),
              HasSubstr("File too large"));
}

}  // namespace
}  // namespace retort
