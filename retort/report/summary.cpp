#include <fmt/format.h>

#include <cmath>

#include "retort/report/escape.hpp"
#include "retort/report/number_words.hpp"
#include "retort/report/page_models.hpp"
#include "retort/report/report.hpp"
#include "retort/report/sections.hpp"

namespace retort {
namespace {

bool is_measured(const ModelResult* model) {
  return model != nullptr && model->test.count > 0;
}

}  // namespace

std::string summary_sentence(const RunResult& result) {
  const Models models = measured_models(result);
  if (models.empty()) return "No model of this run has been tested yet.";
  size_t teachers = 0;
  for (const ModelResult* model : models) teachers += role_class(model->role) == "teacher" ? 1 : 0;
  std::string sentence;
  for (const ModelResult* model : models) {
    const bool first = model == models.front();
    const std::string who = called(model->role, model->name, first, teachers == 1);
    const Scores& test = model->test;
    sentence += first
                    ? fmt::format("{} makes {} on {}", who, counted(test.errors, "error", "errors"),
                                  counted(test.count, "test image", "test images"))
                    : fmt::format(", {} {}", who, thousands(test.errors));
    // A teacher of some classes is measured on these alone.
    if (test.count != models.front()->test.count) sentence += " of " + thousands(test.count);
  }
  sentence.front() = 'T';
  return sentence + ".";
}

namespace {

// "The student is right on 98.91 %, ...: 69 % of the gap is closed." Empty where there is no gap.
std::string gap_sentence(const RunResult& result, const ModelResult& student,
                         const ModelResult& twin) {
  const ModelResult* teacher = nullptr;
  for (const ModelResult& model : result.models) {
    if (!model.teaches || !is_measured(&model)) continue;
    if (teacher != nullptr) return "";  // a gap to each
    teacher = &model;
  }
  if (teacher == nullptr) return "";
  const auto closed =
      gap_closed(static_cast<double>(student.test.errors), static_cast<double>(twin.test.errors),
                 static_cast<double>(teacher->test.errors));
  if (!closed || *closed <= 0) return "";
  return fmt::format(
      " The student is right on {}, alone it would be on {}, its teacher is on {}: {} of the gap "
      "is "
      "closed.",
      percent(student.test.accuracy), percent(twin.test.accuracy), percent(teacher->test.accuracy),
      percent(*closed, 0));
}

}  // namespace

std::string distillation_sentence(const RunResult& result) {
  const ModelResult* student = first_with_role(result, "student");
  const ModelResult* twin = first_with_role(result, "twin");
  if (!is_measured(student)) return "";
  if (!is_measured(twin)) {
    return "There is no twin trained without a teacher to compare with, so this run does not say "
           "what distillation brought.";
  }
  const auto with = static_cast<double>(student->test.errors);
  const auto without = static_cast<double>(twin->test.errors);
  if (with == without) return "Distillation made no difference to the number of errors.";
  // Both answer the same images. At most `with + without` of them are judged differently, so this
  // is the widest that McNemar's test allows: two standard deviations of chance.
  const bool could_be_chance = std::abs(with - without) <= 1.96 * std::sqrt(with + without);
  const std::string_view doubt =
      could_be_chance ? ", a difference that could be chance on so few images" : "";
  if (without == 0)
    return fmt::format("Distillation did not help: the twin makes no error{}.", doubt);
  const double change = std::abs(with - without) / without;
  const std::string part = percent(change, change < 0.0995 ? 1 : 0);
  if (with < without) {
    return fmt::format("Learning from the teacher removed {} of the twin’s errors{}.", part,
                       doubt) +
           gap_sentence(result, *student, *twin);
  }
  return fmt::format("Distillation did not help: the student makes {} more errors than its twin{}.",
                     part, doubt);
}

}  // namespace retort
