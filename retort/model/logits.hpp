#pragma once

#include <string>

#include "retort/model/graph.hpp"

namespace retort {

/// What speaks against a model's answers being logits, in words: they are what a sigmoid or a
/// softmax says, whatever its numbers went through after it. Empty where nothing does.
std::string not_logits(const Graph& graph);

}  // namespace retort
