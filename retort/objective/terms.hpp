#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "retort/config/field.hpp"
#include "retort/objective/objective.hpp"

namespace retort {

// The names that the terms of classification read.
inline constexpr std::string_view student_logits = "student/logits";
inline constexpr std::string_view target_class = "target/class";
// Of a mixed image: the label of the other one, and the share that is the image's own.
inline constexpr std::string_view target_other_class = "target/other_class";
inline constexpr std::string_view target_share = "target/share";

/// The student at T = 1 against the labels; see losses/cross_entropy.hpp.
struct CrossEntropyTerm {
  static constexpr std::string_view kind = "cross_entropy";
  static constexpr std::string_view help = "the student at T = 1 against the labels";
  double weight = 1;
  double label_smoothing = 0;
  void describe(FieldVisitor& visitor);
  Term term() const;
};

/// T^2 KL(teacher at T || student at T); see losses/distillation.hpp. Of an ensemble: against the
/// mean of its members' probabilities at T, of their logits, or the mean of the losses.
struct DistillationTerm {
  static constexpr std::string_view kind = "distillation";
  static constexpr std::string_view help =
      "T^2 KL(teacher at T || student at T): the student against the teacher's soft targets";
  double weight = 1;
  std::string teacher;
  double temperature = 4;
  /// Samples of which the teacher is less sure (its largest probability at T = 1) add nothing; they
  /// count all the same, so that a batch of few sure ones teaches little (Sohn et al. 2020).
  double confidence = 0;
  /// probabilities | logits | losses: how the teacher's members are averaged; empty: it is one
  /// model. No field of a file: the plan knows it from the teacher.
  std::string mean_of_members;
  /// The teacher is merged of several that know different classes: it is asked at the temperature.
  /// With blocks, the classes of each, the loss is of the student's softmax restricted to each.
  bool merged = false;
  std::vector<std::vector<int64_t>> blocks;
  void describe(FieldVisitor& visitor);
  Term term() const;

 private:
  std::string teacher_logits() const;
  bool asks_members() const;
};

/// The limit of distillation for a high temperature; see losses/logit_matching.hpp.
struct LogitMatchingTerm {
  static constexpr std::string_view kind = "logit_matching";
  static constexpr std::string_view help =
      "squared distance of the centred logits: distillation as T goes to infinity";
  double weight = 1;
  std::string teacher;
  void describe(FieldVisitor& visitor);
  Term term() const;
};

/// A row of the table of terms: `[[objective]]`, told apart by `term = "..."`.
struct TermSettings {
  std::variant<CrossEntropyTerm, DistillationTerm, LogitMatchingTerm> value;
  void describe(FieldVisitor& visitor);
  Term term() const;
  /// The teacher that the term reads; empty for a term that reads labels.
  std::string teacher() const;
};

/// Whether one of these terms reads this teacher.
bool any_reads(const std::vector<TermSettings>& terms, const std::string& teacher);

Objective make_objective(const std::vector<TermSettings>& terms);

}  // namespace retort
