#pragma once

#include "retort/experiment/experiment.hpp"

namespace retort {

/// Leaves out the teachers that no term reads, nor a mean or a merge that a term reads, nor one
/// that chooses images, nor what tells such teachers apart.
void leave_out_unheard_teachers(Experiment& experiment);

}  // namespace retort
