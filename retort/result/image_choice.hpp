#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace retort {

/// Which images without a label a student was given, and why not the others.
struct ImageChoice {
  std::string teacher;             // that was asked; empty: none
  int64_t images = 0;              // without a label
  int64_t kept = 0;                // of them
  int64_t near_duplicates = 0;     // left out: too like a test image
  int64_t unsure = 0;              // left out: the teacher's confidence
  int64_t beyond_quota = 0;        // left out: enough of their class
  std::vector<int64_t> per_class;  // kept, by the teacher's answer
};

}  // namespace retort
