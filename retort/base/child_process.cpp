#include "retort/base/child_process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <memory>
#include <thread>

#include "retort/base/error.hpp"
#include "retort/base/interrupt.hpp"

namespace retort {
namespace {

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

File nameless_file() {
  File file(std::tmpfile());
  if (!file) {
    throw Error(ExitCode::resources,
                fmt::format("a temporary file cannot be made: {}", std::strerror(errno)));
  }
  return file;
}

std::string content(const File& file) {
  std::string text;
  std::rewind(file.get());
  char bytes[4096];
  while (const size_t count = std::fread(bytes, 1, sizeof bytes, file.get())) {
    text.append(bytes, count);
  }
  return text;
}

pid_t start(const std::vector<std::string>& command, const File& output, const File& errors) {
  std::vector<char*> words;
  for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, ::fileno(output.get()), STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, ::fileno(errors.get()), STDERR_FILENO);
  pid_t process = -1;
  const int failure = ::posix_spawn(&process, words[0], &actions, nullptr, words.data(), ::environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (failure != 0) {
    throw Error(ExitCode::resources,
                fmt::format("{}: cannot be started: {}", command[0], std::strerror(failure)));
  }
  return process;
}

// The status of waitpid.
int wait_for(pid_t process) {
  constexpr auto pause = std::chrono::milliseconds(10);
  int status = 0;
  bool stopping = false;
  while (::waitpid(process, &status, WNOHANG) == 0) {
    if (!stopping && stop_requested()) {
      stopping = true;
      ::kill(process, SIGTERM);
    }
    std::this_thread::sleep_for(pause);
  }
  return status;
}

}  // namespace

std::string output_of(const std::vector<std::string>& command) {
  const File output = nameless_file(), errors = nameless_file();
  const int status = wait_for(start(command, output, errors));
  stop_if_requested();
  if (WIFSIGNALED(status)) {
    throw Error(ExitCode::resources,
                fmt::format("{}: ended by signal {}", join(command, " "), WTERMSIG(status)));
  }
  if (WEXITSTATUS(status) == 0) return content(output);
  std::string reason = content(errors);
  if (reason.starts_with("retort: ")) reason.erase(0, 8);
  reason.erase(reason.find_last_not_of('\n') + 1);
  throw Error(static_cast<ExitCode>(WEXITSTATUS(status)), reason);
}

}  // namespace retort
