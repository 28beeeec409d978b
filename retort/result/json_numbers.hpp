#pragma once

#include <cmath>
#include <nlohmann/json.hpp>
#include <string>

#include "retort/base/error.hpp"
#include "retort/base/file.hpp"

namespace retort {

using Json = nlohmann::ordered_json;

/// A number for other programs to read: JSON has no NaN and no infinity, they become null.
inline Json number_or_null(double value) {
  return std::isfinite(value) ? Json(value) : Json();
}

/// A number that has to come back exactly, NaN and infinity too.
inline Json exact_number(double value) {
  if (std::isfinite(value)) return value;
  return std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
}
inline double exact_number(const Json& json) {
  if (json == "nan") return std::nan("");
  if (json == "inf") return HUGE_VAL;
  if (json == "-inf") return -HUGE_VAL;
  return json.get<double>();
}

/// Reads JSON with `convert`. Throws Error (data) that starts with `where` when it is no JSON, or
/// not what `convert` wants.
template <class Convert>
auto parse_json(const std::string& text, const std::string& where, Convert convert) {
  try {
    return convert(Json::parse(text));
  } catch (const Json::exception& error) {
    throw Error(ExitCode::data, where + ": cannot be read: " + printable(error.what()));
  }
}

/// The same of a file. Throws Error (data) when it is missing, too.
template <class Convert>
auto read_json(const Path& path, Convert convert) {
  return parse_json(read_file(path, ExitCode::data), path.string(), convert);
}

}  // namespace retort
