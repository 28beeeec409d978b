#include <fmt/format.h>

#include "retort/report/number_words.hpp"
#include "retort/report/page_models.hpp"
#include "retort/report/sections.hpp"

namespace retort {
namespace {

// "6,000 images, 2,300 steps of 128"
std::string trained_on(const ModelResult& model) {
  const EpochRecord& last = model.training.epochs.back();
  return fmt::format("{}, {} of {}", counted(model.images, "image", "images"),
                     counted(last.step, "step", "steps"),
                     thousands(last.step > 0 ? last.images / last.step : 0));
}

}  // namespace

std::string equal_training_sentence(const RunResult& result) {
  const ModelResult* student = first_with_role(result, "student");
  const ModelResult* twin = first_with_role(result, "twin");
  if (student == nullptr || twin == nullptr) return "";
  if (student->training.epochs.empty() || twin->training.epochs.empty()) return "";
  const SameTraining same = same_training(*student, *twin);
  if (same.images && same.steps) {
    return fmt::format("Student and twin: the same {}.", trained_on(*student));
  }
  return fmt::format(
      "Student and twin were not trained alike: the student on {}, the twin on {}{}.",
      trained_on(*student), trained_on(*twin), same.images ? "" : "; the images are not the same");
}

}  // namespace retort
