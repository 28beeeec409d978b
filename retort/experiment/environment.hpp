#pragma once

#include "retort/result/run_result.hpp"

namespace retort {

/// The version of this library.
extern const char* const version;

/// What a number was measured on.
Environment this_environment();

/// Sets the threads that LibTorch computes with; 0: as many as there are physical cores.
void use_threads(int64_t threads);
int64_t physical_cores();

/// For a program that trains, called once before anything else: what a step frees stays with the
/// process for the next step, instead of going back to the system and coming again page by page.
void keep_freed_memory();

}  // namespace retort
