#include "retort/experiment/training_lock.hpp"

#include <chrono>
#include <thread>

#include "retort/base/interrupt.hpp"

namespace retort {

TrainingLock::TrainingLock(const Path& root, const std::string& fingerprint,
                           const std::function<void()>& on_wait)
    : lock_(root / (".training-" + fingerprint)) {
  constexpr auto pause = std::chrono::milliseconds(50);
  bool waited = false;
  while (lock_.take() == FileLock::Outcome::busy) {
    if (!waited) on_wait();
    waited = true;
    std::this_thread::sleep_for(pause);
    stop_if_requested();
  }
}

}  // namespace retort
