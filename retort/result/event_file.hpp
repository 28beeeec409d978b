#pragma once

#include <cstdint>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "retort/base/file.hpp"

namespace retort {

/// Named numbers of one moment, as TensorBoard draws them.
using Scalars = std::vector<std::pair<std::string, double>>;

/// An event file that TensorBoard reads. It begins anew; every event is flushed as it is written.
class EventFile {
 public:
  explicit EventFile(const Path& path);
  /// Throws Error (resources) when the event could not be written whole.
  void write(int64_t step, const Scalars& scalars);

 private:
  void append(const std::string& payload);
  Path path_;
  std::ofstream file_;
};

}  // namespace retort
