#pragma once

#include "retort/result/json_numbers.hpp"
#include "retort/result/soft_targets.hpp"

namespace retort {

/// SoftTargets as JSON and back, exactly.
Json soft_targets_to_json(const SoftTargets& targets);
SoftTargets soft_targets_from_json(const Json& json);

/// The short form of result.json: the statistics at the chosen temperature, null without one.
Json soft_targets_summary(const SoftTargets& targets);

/// A temperature's statistics under their names, for other programs: no NaN.
Json statistics_to_json(const TemperatureStatistics& statistics);

}  // namespace retort
