#include "retort/base/interrupt.hpp"

#include <atomic>

#include "retort/base/error.hpp"

namespace retort {
namespace {
std::atomic<bool> stop_requested{false};
static_assert(std::atomic<bool>::is_always_lock_free);
}  // namespace

void request_stop() noexcept {
  stop_requested.store(true, std::memory_order_relaxed);
}

bool stop_is_requested() noexcept {
  return stop_requested.load(std::memory_order_relaxed);
}

void stop_if_requested() {
  if (stop_is_requested()) {
    throw Error(ExitCode::interrupted, "interrupted; the same command goes on from here");
  }
}

}  // namespace retort
