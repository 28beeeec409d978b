#pragma once

#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

#include "retort/config/field.hpp"

namespace retort {

// Every schedule is a pure function: the share of the learning rate at a point `progress` of the
// training, 0 at its first step, 1 at its end.

struct ConstantSchedule {
  static constexpr std::string_view kind = "constant";
  static constexpr std::string_view help = "the learning rate stays";
  void describe(FieldVisitor&) {}
  double factor(double progress) const;
};

struct LinearSchedule {
  static constexpr std::string_view kind = "linear";
  static constexpr std::string_view help = "falls in a straight line to final_share";
  double final_share = 0;
  void describe(FieldVisitor& visitor);
  double factor(double progress) const;
};

/// Loshchilov, Hutter 2017, "SGDR", without restarts.
struct CosineSchedule {
  static constexpr std::string_view kind = "cosine";
  static constexpr std::string_view help = "falls along half a cosine to final_share";
  double final_share = 0;
  void describe(FieldVisitor& visitor);
  double factor(double progress) const;
};

struct StepsSchedule {
  static constexpr std::string_view kind = "steps";
  static constexpr std::string_view help = "is multiplied by decay at every milestone";
  std::vector<double> milestones = {0.5, 0.75};
  double decay = 0.1;
  void describe(FieldVisitor& visitor);
  double factor(double progress) const;
};

struct ExponentialSchedule {
  static constexpr std::string_view kind = "exponential";
  static constexpr std::string_view help = "falls by the same factor every step, to final_share";
  double final_share = 0.01;
  void describe(FieldVisitor& visitor);
  double factor(double progress) const;
};

/// A row of the table of schedules.
using Schedule = std::variant<ConstantSchedule, LinearSchedule, CosineSchedule, StepsSchedule,
                              ExponentialSchedule>;

/// Share of the learning rate at a step (from 0): a linear rise over the first `warmup` share of
/// the steps, times the schedule.
double learning_rate_factor(const Schedule& schedule, double warmup, int64_t step, int64_t steps);

}  // namespace retort
