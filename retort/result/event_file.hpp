#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace retort {

/// Named numbers of one moment, as TensorBoard draws them.
using Scalars = std::vector<std::pair<std::string, double>>;

/// The bytes that a file of events begins with, and those of one event in it. TensorBoard reads
/// them one after the other.
std::string event_file_start();
std::string event_record(int64_t step, const Scalars& scalars);

}  // namespace retort
