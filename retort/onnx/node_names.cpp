#include "retort/onnx/node_names.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "retort/base/error.hpp"

namespace retort {
namespace {

constexpr size_t most_bytes = 200;

// Model files are JSON, which knows UTF-8 only.
std::string readable(const std::string& name) {
  using Json = nlohmann::json;
  const Json text = name.substr(0, most_bytes);
  const std::string valid = text.dump(-1, ' ', false, Json::error_handler_t::replace);
  return printable(Json::parse(valid).get<std::string>());
}

}  // namespace

std::string NodeNames::unique(const std::string& wanted) {
  const std::string base = wanted.empty() ? "node" : readable(wanted);
  std::string name = base;
  while (!taken_.insert(name).second) {
    const int number = std::max(last_number_[base], 1) + 1;
    last_number_[base] = number;
    name = fmt::format("{}_{}", base, number);
  }
  return name;
}

}  // namespace retort
