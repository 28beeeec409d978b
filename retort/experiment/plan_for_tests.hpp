#pragma once

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "retort/experiment/plan.hpp"

namespace retort::test {

inline const PlannedModel& model_of(const Plan& plan, const std::string& name) {
  for (const PlannedModel& model : plan.models) {
    if (model.name == name) return model;
  }
  throw std::out_of_range(name);
}

/// What an Error (usage) of this work says.
template <class Work>
std::string usage_error_of(const Work& work) {
  try {
    work();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::usage) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "no error";
  return "";
}

}  // namespace retort::test
