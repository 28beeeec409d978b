#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "retort/experiment/sweep.hpp"

namespace retort {

/// What training one model would take.
struct ModelEstimate {
  std::string name, role;
  Shape input;
  Cost cost;
  std::string start;  // what a file gives of its first weights; empty: all are fresh
  int64_t images = 0;
  int64_t steps = 0;
  double seconds = 0;
  double bytes = 0;  // weights, gradients, the optimiser's moments, a batch's values
};

/// What an experiment would take on this machine.
struct Estimate {
  std::vector<ModelEstimate> models;
  std::vector<std::string> classes;
  int64_t test_images = 0;
  int64_t validation_images = 0;
  double data_bytes = 0;
  double seconds = 0;                   // all trainings
  double bytes = 0;                     // the largest training, and the images
  std::vector<std::string> warnings;    // of the data
  std::vector<std::string> recordings;  // of teachers: what each takes, and when it pays
  double macs_per_second = 0;           // of a matrix product, measured just now
};

/// Counts what a plan costs; measures matrix products for a fifth of a second to tell the time.
Estimate estimate(const Plan& plan);

/// What the cells of a sweep would take, one after the other.
struct SweepEstimate {
  std::vector<Estimate> cells;
  int64_t trainings = 0;  // what several cells share is trained once
  double seconds = 0;
  double bytes = 0;  // of the largest cell
};
SweepEstimate estimate(const Sweep& sweep);

}  // namespace retort
