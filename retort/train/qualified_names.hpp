#pragma once

#include <string_view>

#include "retort/tensor/named_tensors.hpp"

namespace retort {

/// "big/logits" -> "logits" for the owner "big"; only the names of this owner.
Names names_of(std::string_view owner, const Names& names);

/// Adds the values to the table under "OWNER/...".
void add_of(std::string_view owner, const NamedTensors& values, NamedTensors& table);

}  // namespace retort
