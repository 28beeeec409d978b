#include "retort/experiment/sweep_jobs.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <memory>
#include <sstream>
#include <thread>

#include "retort/base/interrupt.hpp"

namespace retort {
namespace {

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

// A process that runs one cell. What it says on stderr is kept in a file without a name.
class CellProcess {
 public:
  CellProcess(size_t cell, const std::vector<std::string>& command)
      : cell_(cell), errors_(std::tmpfile()) {
    std::vector<char*> words;
    for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);
    const std::string cannot = "retort: " + command[0] + ": cannot be started\n";
    const pid_t parent = ::getpid();
    process_ = ::fork();
    if (process_ == 0) become(words, cannot, parent);
    if (process_ < 0) {
      throw Error(ExitCode::resources,
                  fmt::format("{}: cannot be started: {}", command[0], std::strerror(errno)));
    }
  }
  ~CellProcess() {
    if (process_ < 0) return;
    stop();
    ::waitpid(process_, &status_, 0);
  }
  CellProcess(const CellProcess&) = delete;
  CellProcess& operator=(const CellProcess&) = delete;

  size_t cell() const { return cell_; }
  void stop() const { ::kill(process_, SIGTERM); }

  bool has_ended() {
    if (process_ >= 0 && ::waitpid(process_, &status_, WNOHANG) == process_) process_ = -1;
    return process_ < 0;
  }
  // Of a process that has ended. One that was killed most often ran out of memory; a signal to stop
  // may have come before it was ready for it.
  ExitCode code() const {
    if (WIFEXITED(status_)) return static_cast<ExitCode>(WEXITSTATUS(status_));
    const int signal = WTERMSIG(status_);
    return signal == SIGTERM || signal == SIGINT ? ExitCode::interrupted : ExitCode::resources;
  }
  std::string killed_by() const {
    return WIFSIGNALED(status_) ? fmt::format("ended by signal {}", WTERMSIG(status_)) : "";
  }
  std::string errors() const {
    std::string text;
    if (!errors_) return text;
    std::rewind(errors_.get());
    char bytes[4096];
    while (const size_t count = std::fread(bytes, 1, sizeof bytes, errors_.get())) {
      text.append(bytes, count);
    }
    return text;
  }

 private:
  // In the new process. It must not outlive a sweep that is killed: it would hold its cell, and the
  // same command could not go on. Between fork and exec nothing may allocate.
  [[noreturn]] void become(const std::vector<char*>& words, const std::string& cannot,
                           pid_t parent) const {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(static_cast<int>(ExitCode::interrupted));
    ::dup2(::open("/dev/null", O_RDONLY), STDIN_FILENO);
    ::dup2(::open("/dev/null", O_WRONLY), STDOUT_FILENO);
    if (errors_) ::dup2(::fileno(errors_.get()), STDERR_FILENO);
    ::execv(words[0], words.data());
    [[maybe_unused]] const ssize_t told = ::write(STDERR_FILENO, cannot.data(), cannot.size());
    ::_exit(static_cast<int>(ExitCode::resources));
  }

  size_t cell_;
  File errors_;
  pid_t process_ = -1;
  int status_ = 0;
};

class Jobs {
 public:
  Jobs(SweepFolder& folder, const SweepOptions& options, Progress& progress)
      : folder_(folder), options_(options), progress_(progress), waiting_(folder.unfinished()) {}

  void run() {
    constexpr auto pause = std::chrono::milliseconds(20);
    bool stopping = false;
    while (!running_.empty() || (!stopping && next_ < waiting_.size())) {
      if (!stopping && stop_requested()) {
        stopping = true;
        for (const auto& process : running_) process->stop();
      }
      while (!stopping && next_ < waiting_.size() &&
             running_.size() < static_cast<size_t>(options_.jobs)) {
        start(waiting_[next_++]);
      }
      std::erase_if(running_, [&](const auto& process) {
        if (!process->has_ended()) return false;
        collect(*process);
        return true;
      });
      std::this_thread::sleep_for(pause);
    }
    stop_if_requested();
  }

 private:
  void start(size_t cell) {
    const int64_t threads = std::max<int64_t>(1, options_.threads / options_.jobs);
    const std::string folder = folder_.cell_folder(cell).string();
    folder_.started(cell);
    progress_.note(cell_note(folder_.result(), cell, "starts"));
    running_.push_back(std::make_unique<CellProcess>(
        cell, std::vector<std::string>{options_.command.string(), "run",
                                       folder + "/experiment.toml", "--out", folder, "--threads",
                                       std::to_string(threads), "--quiet"}));
  }

  void collect(const CellProcess& process) {
    const size_t cell = process.cell();
    std::istringstream lines(process.errors());
    std::string error = process.killed_by();
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with("warning: ")) {
        progress_.warning(folder_.result().cells[cell].slug + ": " + line.substr(9));
      } else {
        const size_t start = line.starts_with("retort: ") ? 8 : 0;
        error += (error.empty() ? "" : "\n") + line.substr(start);
      }
    }
    if (process.code() == ExitCode::done) {
      folder_.finished(cell);
      progress_.note(cell_note(folder_.result(), cell, "is done"));
    } else {
      folder_.failed(cell, process.code(), error);
      if (process.code() != ExitCode::interrupted) {
        progress_.warning(cell_note(folder_.result(), cell, "failed: " + error));
      }
    }
  }

  SweepFolder& folder_;
  const SweepOptions& options_;
  Progress& progress_;
  std::vector<size_t> waiting_;
  size_t next_ = 0;
  std::vector<std::unique_ptr<CellProcess>> running_;
};

}  // namespace

void run_in_processes(SweepFolder& folder, const SweepOptions& options, Progress& progress) {
  Jobs(folder, options, progress).run();
}

}  // namespace retort
