#include "retort/train/precision.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

namespace retort {
namespace {

// The kernel's word for it: the flags of the first processor.
TEST(Precision, KnowsWhatTheProcessorHas) {
  std::ifstream file("/proc/cpuinfo");
  std::string flags;
  for (std::string line; flags.empty() && std::getline(file, line);) {
    if (line.starts_with("flags")) flags = line + ' ';
  }
  if (flags.empty()) GTEST_SKIP() << "no flags in /proc/cpuinfo here";
  const auto has = [&](const char* flag) { return flags.find(flag) != std::string::npos; };
  EXPECT_EQ(processor_multiplies_bf16(), has(" avx512_bf16 ") || has(" amx_bf16 "));
}

}  // namespace
}  // namespace retort
