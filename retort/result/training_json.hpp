#pragma once

#include "retort/result/json_numbers.hpp"
#include "retort/result/run_result.hpp"

namespace retort {

/// A TrainingRecord as JSON and back, exactly.
Json training_to_json(const TrainingRecord& record);
TrainingRecord training_from_json(const Json& json);

/// The environment as it stands in result.json and environment.json, and back.
Json environment_to_json(const Environment& environment);
Environment environment_from_json(const Json& json);

}  // namespace retort
