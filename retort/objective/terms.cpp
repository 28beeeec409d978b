#include "retort/objective/terms.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "retort/objective/losses/confident.hpp"
#include "retort/objective/losses/cross_entropy.hpp"
#include "retort/objective/losses/distillation.hpp"
#include "retort/objective/losses/logit_matching.hpp"
#include "retort/tensor/mean_of_probabilities.hpp"

namespace retort {
namespace {

void describe_weight(FieldVisitor& visitor, double& weight) {
  visitor.visit(
      {.name = "weight", .help = "the factor of this term in the sum", .range = Range::at_least(0)},
      weight);
}

void describe_teacher(FieldVisitor& visitor, std::string& teacher) {
  visitor.visit({.name = "teacher", .help = "name of a [teacher.NAME]", .required = true}, teacher);
}

std::string logits_of(const std::string& model) {
  return model + "/logits";
}

// A teacher answers every sample.
double all_samples(const NamedTensors&, int64_t samples) {
  return static_cast<double>(samples);
}

}  // namespace

void CrossEntropyTerm::describe(FieldVisitor& visitor) {
  describe_weight(visitor, weight);
  visitor.visit({.name = "label_smoothing",
                 .help = "share of a label's mass that is spread over all classes",
                 .range = Range::between(0, 1)},
                label_smoothing);
}

Term CrossEntropyTerm::term() const {
  const auto count = [](const NamedTensors& targets, int64_t) {
    const Tensor& classes = targets.at(target_class);
    const Tensor* others = targets.find(target_other_class);
    return labelled_count(others == nullptr ? classes : label_of_two(classes, *others));
  };
  const auto evaluate = [smoothing = label_smoothing](const NamedTensors& values) {
    const Tensor& logits = values.at(student_logits);
    const Tensor& classes = values.at(target_class);
    const Tensor* others = values.find(target_other_class);
    if (others == nullptr) return cross_entropy(logits, classes, smoothing);
    return mixed_cross_entropy(logits, classes, *others, values.at(target_share), smoothing);
  };
  return {std::string(kind),
          weight,
          {std::string(student_logits), std::string(target_class)},
          count,
          evaluate};
}

void DistillationTerm::describe(FieldVisitor& visitor) {
  describe_teacher(visitor, teacher);
  visitor.visit({.name = "temperature",
                 .help = "T: both logits are divided by it; higher shows more of the small "
                         "probabilities",
                 .range = {.least = 0, .most = 1e6, .least_included = false}},
                temperature);
  visitor.visit({.name = "confidence",
                 .help = "samples whose largest probability by the teacher is below it teach "
                         "nothing; 0: all teach",
                 .range = Range::between(0, 1)},
                confidence);
  describe_weight(visitor, weight);
}

std::string DistillationTerm::teacher_logits() const {
  if (!blocks.empty()) return teacher + "/block_logits";
  if (merged) return fmt::format("{}/logits_at_{}", teacher, temperature);
  return teacher + (asks_members() ? "/member_logits" : "/logits");
}

bool DistillationTerm::asks_members() const {
  return mean_of_members == mean_by_probabilities || mean_of_members == mean_by_losses;
}

Term DistillationTerm::term() const {
  const std::string name = teacher_logits();
  const auto loss = [t = temperature, mean = mean_of_members, of_blocks = blocks](
                        const Tensor& student, const Tensor& taught) {
    if (!of_blocks.empty()) return mean_of_block_distillations(student, taught, of_blocks, t);
    if (mean == mean_by_losses) return mean_of_distillations(student, taught, t);
    if (mean == mean_by_probabilities)
      return distillation(student, mean_of_probabilities(taught, t), t);
    return distillation(student, taught, t);
  };
  const bool has_members = asks_members();
  // A merge answers at one temperature.
  const std::string sure = merged ? teacher + "/logits_at_1" : name;
  const auto evaluate = [name, sure, loss, has_members,
                         least = confidence](const NamedTensors& values) {
    const Tensor& student = values.at(student_logits);
    const Tensor& taught = values.at(name);
    if (least == 0) return loss(student, taught);
    const Tensor rows =
        confident_rows(has_members ? mean_of_probabilities(taught, 1) : values.at(sure), least);
    LossSum kept =
        loss(rows_of_logits(student, rows, false), rows_of_logits(taught, rows, has_members));
    kept.count = static_cast<double>(student.numel() / student.size(1));
    kept.kept = static_cast<double>(rows.size(0));
    return kept;
  };
  Names reads = {std::string(student_logits), name};
  if (confidence > 0 && sure != name) reads.push_back(sure);
  return {std::string(kind) + "/" + teacher, weight, reads, all_samples, evaluate};
}

void LogitMatchingTerm::describe(FieldVisitor& visitor) {
  describe_teacher(visitor, teacher);
  describe_weight(visitor, weight);
}

Term LogitMatchingTerm::term() const {
  const std::string name = logits_of(teacher);
  return {std::string(kind) + "/" + teacher,
          weight,
          {std::string(student_logits), name},
          all_samples,
          [name](const NamedTensors& values) {
            return logit_matching(values.at(student_logits), values.at(name));
          }};
}

void TermSettings::describe(FieldVisitor& visitor) {
  visitor.choice({.name = "term", .help = "which loss", .required = true}, value);
}

Term TermSettings::term() const {
  return std::visit([](const auto& kind) { return kind.term(); }, value);
}

std::string TermSettings::teacher() const {
  return std::visit(
      [](const auto& kind) -> std::string {
        if constexpr (requires { kind.teacher; }) return kind.teacher;
        return "";
      },
      value);
}

bool any_reads(const std::vector<TermSettings>& terms, const std::string& teacher) {
  return std::any_of(terms.begin(), terms.end(),
                     [&](const TermSettings& term) { return term.teacher() == teacher; });
}

Objective make_objective(const std::vector<TermSettings>& terms) {
  std::vector<Term> made;
  for (const TermSettings& settings : terms) made.push_back(settings.term());
  return Objective(std::move(made));
}

}  // namespace retort
