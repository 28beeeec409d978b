#include "retort/base/interrupt.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>

#include "retort/base/error.hpp"

namespace retort {
namespace {

TEST(Interrupt, NothingStopsUnasked) {
  EXPECT_NO_THROW(stop_if_requested());
}

// In a process of its own: a request is never taken back.
TEST(InterruptDeathTest, ASignalStopsTheWorkWithCode75) {
  const auto work = [] {
    std::signal(SIGINT, [](int) { request_stop(); });
    std::raise(SIGINT);
    try {
      stop_if_requested();
    } catch (const Error& error) {
      std::exit(static_cast<int>(error.code()));
    }
    std::exit(0);
  };
  EXPECT_EXIT(work(), testing::ExitedWithCode(75), "");
}

}  // namespace
}  // namespace retort
