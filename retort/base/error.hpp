#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace retort {

/// Exit codes of the command; every Error carries the one it leads to.
enum class ExitCode : int {
  done = 0,
  unexpected = 1,    // a bug of ours
  usage = 2,         // wrong command line or experiment file
  data = 3,          // input data missing or damaged
  model = 4,         // a model or checkpoint that is not valid
  resources = 5,     // disk or memory exhausted, a folder that is not writable
  numeric = 6,       // a loss that is no number
  verification = 7,  // a number outside its band, an export that differs
  interrupted = 75,  // stopped by the user; the same command goes on
};

/// What a user can cause and mend. The text is one line: where, what was wanted, what came,
/// what exists, what to do.
class Error : public std::runtime_error {
 public:
  Error(ExitCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
  ExitCode code() const { return code_; }

 private:
  ExitCode code_;
};

/// The candidate nearest to `wanted` in edit distance; empty when none is near enough to be meant.
std::string nearest_name(std::string_view wanted, const std::vector<std::string>& candidates);

/// "; did you mean 'x'?" or, when nothing is near, "; there are: a, b, c". Empty without
/// candidates.
std::string suggest(std::string_view wanted, const std::vector<std::string>& candidates);

/// "a, b, c"
std::string join(const std::vector<std::string>& words, std::string_view separator = ", ");

/// The text with control characters shown as \xNN: safe to print on a terminal.
std::string printable(std::string_view text);

}  // namespace retort
