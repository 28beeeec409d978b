#pragma once

#include "retort/result/image_choice.hpp"
#include "retort/result/json_numbers.hpp"

namespace retort {

/// A choice as it stands in result.json and in the record of a run.
inline Json choice_json(const ImageChoice& choice) {
  return {{"teacher", choice.teacher},    {"images", choice.images},
          {"kept", choice.kept},          {"near_duplicates", choice.near_duplicates},
          {"unsure", choice.unsure},      {"beyond_quota", choice.beyond_quota},
          {"per_class", choice.per_class}};
}

inline ImageChoice choice_from_json(const Json& json) {
  return {.teacher = json.at("teacher"),
          .images = json.at("images"),
          .kept = json.at("kept"),
          .near_duplicates = json.at("near_duplicates"),
          .unsure = json.at("unsure"),
          .beyond_quota = json.at("beyond_quota"),
          .per_class = json.at("per_class")};
}

}  // namespace retort
