#include "retort/base/child_process.hpp"

#include <gtest/gtest.h>

#include "retort/base/error.hpp"

namespace retort {
namespace {

Error error_of(const std::vector<std::string>& command) {
  try {
    output_of(command);
  } catch (const Error& error) {
    return error;
  }
  return {ExitCode::done, "no error"};
}

TEST(ChildProcess, ItsOutput) {
  EXPECT_EQ(output_of({"/bin/sh", "-c", "echo $0; echo told >&2", "a b"}), "a b\n");
  EXPECT_EQ(output_of({"/bin/cat"}), "") << "nothing to read";
}

TEST(ChildProcess, ItsFailure) {
  const Error failed = error_of({"/bin/sh", "-c", "echo 'retort: m: no model' >&2; exit 4"});
  EXPECT_EQ(failed.code(), ExitCode::model);
  EXPECT_STREQ(failed.what(), "m: no model");
  EXPECT_EQ(error_of({"/bin/sh", "-c", "kill -9 $$"}).code(), ExitCode::resources);
  const Error missing = error_of({"/no/such/program"});
  EXPECT_EQ(missing.code(), ExitCode::resources);
  EXPECT_STREQ(missing.what(), "/no/such/program: cannot be started: No such file or directory");
}

}  // namespace
}  // namespace retort
