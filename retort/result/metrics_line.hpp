#pragma once

#include <string>

#include "retort/result/training_record.hpp"

namespace retort {

/// One line of metrics.jsonl (schema 1): an epoch of a model as JSON, without the newline. A
/// validation accuracy that was not measured is null.
std::string metrics_line(const std::string& model, const EpochRecord& epoch);

}  // namespace retort
