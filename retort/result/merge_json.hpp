#pragma once

#include "retort/result/json_numbers.hpp"
#include "retort/result/merge_result.hpp"

namespace retort {

/// A merge as it stands in result.json and in the record of a run.
Json merge_json(const MergeResult& merge);
MergeResult merge_from_json(const Json& json);

}  // namespace retort
