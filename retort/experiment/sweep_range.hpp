#pragma once

#include <string>
#include <vector>

#include "retort/config/toml.hpp"

namespace retort {

/// Values of a sweep with ranges made lists: the leaves "FIELD.from", "FIELD.to" and "FIELD.count"
/// become FIELD, a list of `count` values each as many times the one before it: a number, or a list
/// of them, each on its own; between whole numbers whole ones, of equals one. Other leaves stay.
/// file, table: where the leaves are from. Throws Error (usage) with the place of a range that is
/// none.
std::vector<TomlLeaf> with_ranges(const std::vector<TomlLeaf>& leaves, const TomlFile& file,
                                  const std::string& table);

}  // namespace retort
