#pragma once

#include "retort/result/json_numbers.hpp"
#include "retort/result/run_result.hpp"

namespace retort {

/// A verdict as other programs read it, in result.json and sweep.json: NaN and infinity are null.
inline Json verdict_json(const Verdict& one) {
  return {{"number", one.number},
          {"cell", one.cell.empty() ? Json() : Json(one.cell)},
          {"value", number_or_null(one.value)},
          {"least", number_or_null(one.least)},
          {"most", number_or_null(one.most)},
          {"holds", one.holds()},
          {"source", one.source}};
}

inline Verdict verdict_from_json(const Json& json) {
  const auto number = [&](const char* key, double otherwise) {
    return json.at(key).is_null() ? otherwise : json.at(key).get<double>();
  };
  return {.number = json.at("number"),
          .cell = json.at("cell").is_null() ? "" : json.at("cell").get<std::string>(),
          .value = number("value", std::nan("")),
          .least = number("least", -HUGE_VAL),
          .most = number("most", HUGE_VAL),
          .source = json.at("source")};
}

}  // namespace retort
