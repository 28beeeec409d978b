#include "retort/experiment/environment.hpp"

#include <ATen/Parallel.h>
#include <torch/headeronly/version.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <thread>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace retort {
namespace {

// The values of one key of /proc/cpuinfo, one for each processor.
std::vector<std::string> processor_lines(const std::string& key) {
  std::ifstream file("/proc/cpuinfo");
  std::vector<std::string> values;
  for (std::string line; std::getline(file, line);) {
    const size_t colon = line.find(':');
    if (colon == std::string::npos || !line.starts_with(key)) continue;
    if (line.find_first_not_of(" \t", key.size()) != colon) continue;
    values.push_back(line.substr(std::min(colon + 2, line.size())));
  }
  return values;
}

}  // namespace

const char* const version = RETORT_VERSION;

Environment this_environment() {
  const std::vector<std::string> names = processor_lines("model name");
  return {.retort = version,
          .libtorch = TORCH_VERSION,
          .cpu = names.empty() ? "unknown" : names.front(),
          .dtype = "fp32",
          .compiler = __VERSION__,
          .threads = at::get_num_threads()};
}

int64_t physical_cores() {
  const std::vector<std::string> sockets = processor_lines("physical id");
  const std::vector<std::string> cores = processor_lines("core id");
  std::set<std::pair<std::string, std::string>> distinct;
  for (size_t i = 0; i < std::min(sockets.size(), cores.size()); ++i) {
    distinct.emplace(sockets[i], cores[i]);
  }
  // A container may be allowed fewer processors than the machine has.
  const auto allowed = static_cast<size_t>(std::max(1U, std::thread::hardware_concurrency()));
  return static_cast<int64_t>(distinct.empty() ? allowed : std::min(distinct.size(), allowed));
}

void use_threads(int64_t threads) {
  at::set_num_threads(static_cast<int>(threads > 0 ? threads : physical_cores()));
}

void keep_freed_memory() {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
#endif
}

}  // namespace retort
