#include "retort/result/progress.hpp"

#include <fmt/format.h>

namespace retort {

std::string status_line(const TrainingStatus& status) {
  std::string line = fmt::format("{}: epoch {} of {}", status.model, status.epoch, status.epochs);
  for (const TermValue& term : status.terms) {
    line += fmt::format(", {} {:.4f}, weighted {:.4f}", term.name, term.raw, term.weighted);
    if (term.kept >= 0) line += fmt::format(", sure of {:.1f} %", 100 * term.kept);
    if (term.gradient_norm >= 0) line += fmt::format(", gradient {:.3g}", term.gradient_norm);
  }
  if (status.gradient_norm >= 0) {
    line += fmt::format(", all gradients {:.3g}", status.gradient_norm);
  }
  if (status.validation_accuracy >= 0) {
    line += fmt::format(", validation {:.2f} %", 100 * status.validation_accuracy);
  }
  return line + fmt::format(", {:.0f} images/s", status.images_per_second);
}

}  // namespace retort
