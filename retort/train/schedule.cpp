#include "retort/train/schedule.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace retort {
namespace {

void describe_final_share(FieldVisitor& visitor, double& final_share, const Range& range) {
  visitor.visit({.name = "final_share",
                 .help = "share of the learning rate that is left at the end",
                 .range = range},
                final_share);
}

}  // namespace

double ConstantSchedule::factor(double) const {
  return 1;
}

void LinearSchedule::describe(FieldVisitor& visitor) {
  describe_final_share(visitor, final_share, Range::between(0, 1));
}

double LinearSchedule::factor(double progress) const {
  return 1 - (1 - final_share) * progress;
}

void CosineSchedule::describe(FieldVisitor& visitor) {
  describe_final_share(visitor, final_share, Range::between(0, 1));
}

double CosineSchedule::factor(double progress) const {
  return final_share + (1 - final_share) * (1 + std::cos(std::numbers::pi * progress)) / 2;
}

void StepsSchedule::describe(FieldVisitor& visitor) {
  visitor.visit({.name = "milestones",
                 .help = "shares of the training after which the learning rate falls",
                 .range = Range::between(0, 1)},
                milestones);
  visitor.visit({.name = "decay",
                 .help = "what the learning rate is multiplied by at a milestone",
                 .range = Range::above(0)},
                decay);
}

double StepsSchedule::factor(double progress) const {
  const auto passed = std::count_if(milestones.begin(), milestones.end(),
                                    [&](double milestone) { return progress >= milestone; });
  return std::pow(decay, static_cast<double>(passed));
}

void ExponentialSchedule::describe(FieldVisitor& visitor) {
  Range range = Range::between(0, 1);
  range.least_included = false;
  describe_final_share(visitor, final_share, range);
}

double ExponentialSchedule::factor(double progress) const {
  return std::pow(final_share, progress);
}

double learning_rate_factor(const Schedule& schedule, double warmup, int64_t step, int64_t steps) {
  const auto done = static_cast<double>(step);
  const auto all = static_cast<double>(steps);
  const double rise = warmup > 0 ? std::min(1.0, (done + 1) / (warmup * all)) : 1;
  return rise * std::visit([&](const auto& kind) { return kind.factor(done / all); }, schedule);
}

}  // namespace retort
