#pragma once

#include <string>

#include "retort/result/training_record.hpp"

namespace retort {

/// One line of metrics.jsonl (schema 1): an epoch of a model as JSON, without the newline. A
/// validation accuracy that was not measured is null.
std::string metrics_line(const std::string& model, const EpochRecord& epoch);

/// All lines of a training so far, each with its newline: what metrics.jsonl has to say of it.
std::string metrics_text(const std::string& model, const TrainingRecord& record);

}  // namespace retort
