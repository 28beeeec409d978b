#include "retort/base/interrupt.hpp"

#include <atomic>

#include "retort/base/error.hpp"

namespace retort {
namespace {
std::atomic<bool> stop{false};
static_assert(std::atomic<bool>::is_always_lock_free);
}  // namespace

void request_stop() noexcept {
  stop.store(true, std::memory_order_relaxed);
}

bool stop_requested() noexcept {
  return stop.load(std::memory_order_relaxed);
}

void stop_if_requested() {
  if (stop_requested()) {
    throw Error(ExitCode::interrupted, "interrupted; the same command goes on from here");
  }
}

}  // namespace retort
