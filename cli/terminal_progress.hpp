#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "retort/result/progress.hpp"

namespace retort::cli {

/// The progress on stderr: one line with a bar on a terminal, plain lines elsewhere, nothing with
/// --quiet but warnings.
std::unique_ptr<Progress> stderr_progress(bool quiet);

/// The line on a terminal of `width` columns: model, bar, epoch, terms, validation, speed, time
/// left; parts at its end are left out where there is no room.
std::string bar_line(const TrainingStatus& status, size_t width);

}  // namespace retort::cli
