#include "cli/terminal_progress.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>

#include "cli/verbs.hpp"

namespace retort::cli {
namespace {

size_t terminal_width() {
  winsize size{};
  const bool known = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : 80;
}

class QuietProgress : public Progress {
 public:
  void warning(const std::string& text) override { tell("warning: " + text + "\n"); }
};

class PlainProgress : public QuietProgress {
 public:
  void epoch_ended(const TrainingStatus& status) override { tell(status_line(status) + "\n"); }
  void note(const std::string& text) override { tell(text + "\n"); }
};

class BarProgress : public Progress {
 public:
  ~BarProgress() override { end_line(); }

  void training(const TrainingStatus& status) override {
    const Clock::time_point now = Clock::now();
    const bool last = status.step == status.steps;
    if (!last && now - drawn_ < std::chrono::milliseconds(100)) return;
    drawn_ = now;
    // One column stays free: some terminals wrap after the last one.
    tell("\r\x1b[K" + bar_line(status, terminal_width() - 1));
    std::fflush(stderr);
    open_ = true;
  }
  void epoch_ended(const TrainingStatus& status) override {
    if (status.step != status.steps) return;
    tell("\r\x1b[K" + bar_line(status, terminal_width() - 1));
    open_ = true;
    end_line();
  }
  void note(const std::string& text) override {
    end_line();
    tell(text + "\n");
  }
  void warning(const std::string& text) override {
    end_line();
    tell("warning: " + text + "\n");
  }

 private:
  using Clock = std::chrono::steady_clock;
  void end_line() {
    if (open_) tell("\n");
    open_ = false;
  }
  Clock::time_point drawn_;
  bool open_ = false;
};

}  // namespace

std::unique_ptr<Progress> stderr_progress(bool quiet) {
  if (quiet) return std::make_unique<QuietProgress>();
  if (::isatty(STDERR_FILENO) == 0) return std::make_unique<PlainProgress>();
  return std::make_unique<BarProgress>();
}

std::string bar_line(const TrainingStatus& status, size_t width) {
  constexpr int64_t bar_width = 20;
  const int64_t filled = status.steps > 0 ? bar_width * status.step / status.steps : 0;
  std::string line = fmt::format(
      "{:<8} [{}{}] {}/{}", status.model, std::string(static_cast<size_t>(filled), '#'),
      std::string(static_cast<size_t>(bar_width - filled), '.'), status.epoch, status.epochs);
  std::vector<std::string> parts;
  parts.push_back(status.step == status.steps ? "done"
                                              : duration_text(status.seconds_left) + " left");
  if (status.validation_accuracy >= 0) {
    parts.push_back(fmt::format("validation {:.2f} %", 100 * status.validation_accuracy));
  }
  for (const TermValue& term : status.terms) {
    parts.push_back(fmt::format("{} {:.4f}", term.name, term.raw));
  }
  parts.push_back(
      fmt::format("{} images/s", grouped(static_cast<int64_t>(status.images_per_second))));
  for (const std::string& part : parts) {
    if (line.size() + 2 + part.size() <= width) line += "  " + part;
  }
  return line.substr(0, width);
}

}  // namespace retort::cli
