#include "retort/base/folder_lock.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <memory>

namespace retort {
namespace {

using testing::HasSubstr;

class FolderLocks : public testing::Test {
 protected:
  FolderLocks() {
    std::string pattern = testing::TempDir() + "retort-lock-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
  }
  ~FolderLocks() override { std::filesystem::remove_all(folder_); }

  std::string refusal() const {
    try {
      const FolderLock second(folder_);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::resources);
      return error.what();
    }
    return "";
  }

  Path folder_;
};

TEST_F(FolderLocks, TheSecondIsToldWhoHoldsTheFolder) {
  auto first = std::make_unique<FolderLock>(folder_);
  EXPECT_THAT(refusal(), HasSubstr(folder_.string() + ": held by process " +
                                   std::to_string(::getpid()) + " on "));
  EXPECT_THAT(refusal(), HasSubstr("(since 2"));
  first.reset();
  EXPECT_EQ(refusal(), "");
  EXPECT_TRUE(std::filesystem::is_empty(folder_)) << "nothing stays";
}

TEST_F(FolderLocks, ADeadProcessHoldsNothing) {
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const FolderLock lock(folder_);
    if (::write(ready[1], "x", 1) == 1) ::pause();
    ::_exit(0);
  }
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  EXPECT_THAT(refusal(), HasSubstr("held by process " + std::to_string(child)));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_TRUE(std::filesystem::exists(folder_ / ".lock"));
  EXPECT_EQ(refusal(), "");
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST_F(FolderLocks, AProgramThatItsHolderStartedHoldsNothing) {
  int ready[2];
  ASSERT_EQ(::pipe2(ready, O_CLOEXEC), 0);
  const pid_t holder = ::fork();
  if (holder == 0) {
    const FolderLock lock(folder_);
    int started[2];
    if (::pipe2(started, O_CLOEXEC) != 0) ::_exit(1);
    const pid_t program = ::fork();
    if (program == 0) {
      ::execlp("sleep", "sleep", "100", static_cast<char*>(nullptr));
      ::_exit(1);
    }
    ::close(started[1]);
    char nothing = 0;
    // The end of the pipe: the program runs.
    if (::read(started[0], &nothing, 1) != 0) ::_exit(1);
    if (::write(ready[1], &program, sizeof program) > 0) ::pause();
    ::_exit(0);
  }
  pid_t program = 0;
  ASSERT_EQ(::read(ready[0], &program, sizeof program), static_cast<ssize_t>(sizeof program));
  ::kill(holder, SIGKILL);
  ::waitpid(holder, nullptr, 0);
  EXPECT_EQ(::kill(program, 0), 0) << "it lives on";
  EXPECT_EQ(refusal(), "");
  ::kill(program, SIGKILL);
  ::close(ready[0]);
  ::close(ready[1]);
}

}  // namespace
}  // namespace retort
