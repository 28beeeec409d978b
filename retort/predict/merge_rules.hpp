#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "retort/config/field.hpp"
#include "retort/tensor/named_tensors.hpp"

namespace retort {

/// What the members of a merge say of N images, and what else is known of these.
struct MembersSaid {
  /// Of each member the logits [N, c_m] of its classes in double, and where these stand among all.
  std::vector<Tensor> logits;
  std::vector<std::vector<int64_t>> blocks;
  int64_t classes = 0;  // C: all of them
  Tensor pools;         // [N] int64: whose image it is, -1: not known; undefined: of none
  Tensor told;          // [N, M] logits of what tells whose image it is; undefined: none
};

/// What a rule needs that is fitted on images before it is used.
struct MergeFit {
  std::vector<double> scales;       // by member: what its logits are multiplied by; empty: 1
  std::vector<double> biases;       // by class: added to the logits; empty: 0
  std::vector<double> gate_biases;  // by member: added to its competence; empty: 0
};

// The rules. T is the temperature of the loss; `logits` of an answer are such that softmax(logits /
// T) is the answer at T. Where several members know a class, its logit side by side is the mean of
// theirs. docs/uses/merge.md has formulas, sources and measurements.

/// Chooses by what is known; the plan puts the rule it stands for in its place.
struct Recommended {
  static constexpr std::string_view kind = "recommended";
  static constexpr std::string_view help =
      "pools where the data have pools, gated where a teacher tells_apart the members, else "
      "concatenate";
  void describe(FieldVisitor&) {}
};

/// z_c = the logit of c of the member that knows it: the union's softmax, as published for
/// amalgamation (Luo et al. 2019, "Knowledge amalgamation from heterogeneous networks by common
/// feature learning"; Shen et al. 2019, "Amalgamating knowledge towards comprehensive
/// classification"). Scale and offset of separately trained softmaxes are arbitrary.
struct Concatenate {
  static constexpr std::string_view kind = "concatenate";
  static constexpr std::string_view help = "the logits side by side";
  void describe(FieldVisitor&) {}
};

/// z_c = s_m z_mc + b_c. Without labels s_m brings the largest logits of all members to the same
/// deviation over the images, and b makes the mean probability of each class its share in the prior
/// (as output_bias). Fitted to labels, s_m and one offset b_c = o_m for each member are those under
/// which the labelled images are most likely.
struct Calibrated {
  static constexpr std::string_view kind = "calibrated";
  static constexpr std::string_view help =
      "the logits side by side, scaled and shifted so that every class gets its share of the "
      "unlabelled images, or so that the labelled ones are likely";
  std::vector<std::string> prior = {"uniform"};
  std::string fitted_to = "prior";
  void describe(FieldVisitor& visitor);
};

/// The loss is the mean over the members of T^2 KL(softmax(z_m / T) || the student's softmax over
/// the classes of m): no offset between members matters, and nothing says whose image it is.
struct Blocks {
  static constexpr std::string_view kind = "blocks";
  static constexpr std::string_view help =
      "each teaches the student's softmax restricted to its own classes, on every image";
  void describe(FieldVisitor&) {}
};

/// p = (1 - others) softmax(z_owner / T) + others * 1/M sum_m softmax(z_m / T); an image whose pool
/// is not known (every one that is tested) is answered by concatenate.
struct Pools {
  static constexpr std::string_view kind = "pools";
  static constexpr std::string_view help =
      "the softmax of the teacher whose image it is, and a small share of all softmaxes";
  double others = 0.1;
  void describe(FieldVisitor& visitor);
};

/// p = sum_m g_m softmax(z_m / T), g = softmax over the members of competence + bias. Competence
/// is the logits of a network that learnt whose training image it is, without biases; or of what a
/// member says at T = 1: energy logsumexp z (Liu et al. 2020, "Energy-based out-of-distribution
/// detection"), largest logit max z (Hendrycks et al. 2022), entropy sum p log p; or how near its
/// features are to those of its own training images, see feature_distance(). The biases then make
/// the mean of g each member's share of the prior.
struct Gated {
  static constexpr std::string_view kind = "gated";
  static constexpr std::string_view help =
      "all softmaxes, each weighted by how competent its teacher is for the image";
  std::string gate = "energy";
  std::vector<std::string> prior = {"uniform"};
  void describe(FieldVisitor& visitor);
  /// Whether it goes by the features of the members' own images.
  bool is_of_features() const;
  /// Whether it is the name of a teacher: no word for features or for what the members say.
  bool is_of_teacher() const;
};

/// The table of rules: `rule = "..."`.
using MergeRule = std::variant<Recommended, Concatenate, Calibrated, Blocks, Pools, Gated>;

/// "pools"
std::string rule_name(const MergeRule& rule);

/// The rule as TOML, every field spelt out.
std::string rule_text(MergeRule rule);

/// The merged logits [N, C], double, at temperature T. The rule is not Recommended.
Tensor merged_logits(const MembersSaid& said, const MergeRule& rule, const MergeFit& fit,
                     double temperature);

/// What the members say side by side, [N, C] double.
Tensor side_by_side(const MembersSaid& said, const MergeFit& fit = {});

/// How competent each member is, [N, M] double: as was told, else by what it says; gate: energy,
/// largest_logit or entropy.
Tensor competence(const MembersSaid& said, std::string_view gate);

}  // namespace retort
