#include "retort/train/qualified_names.hpp"

#include <fmt/format.h>

namespace retort {

Names names_of(std::string_view owner, const Names& names) {
  Names result;
  for (const std::string& name : names) {
    if (name.starts_with(owner) && name.substr(owner.size(), 1) == "/") {
      result.push_back(name.substr(owner.size() + 1));
    }
  }
  return result;
}

void add_of(std::string_view owner, const NamedTensors& values, NamedTensors& table) {
  for (const auto& [name, tensor] : values) table.set(fmt::format("{}/{}", owner, name), tensor);
}

}  // namespace retort
