#include "retort/predict/merge_rules.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/amax.h>
#include <ATen/ops/exp.h>
#include <ATen/ops/full.h>
#include <ATen/ops/log.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/logsumexp.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros.h>

#include "retort/config/toml.hpp"

namespace retort {
namespace {

void describe_prior(FieldVisitor& visitor, std::vector<std::string>& prior) {
  visitor.visit({.name = "prior",
                 .help = "the share of the unlabelled images that a class has, \"CLASS=SHARE\" for "
                         "all classes; or \"uniform\""},
                prior);
}

// Each member's softmax at T in its own columns of [N, C], weighted by `shares` [N, M].
Tensor mixture(const MembersSaid& said, const Tensor& shares, double temperature) {
  constexpr double least = 1e-30;  // a class that nobody gives anything keeps a finite logit
  Tensor sum = at::zeros({shares.size(0), said.classes}, at::kDouble);
  for (size_t m = 0; m < said.logits.size(); ++m) {
    const Tensor soft = at::softmax(said.logits[m] / temperature, 1);
    sum.index_add_(1, at::tensor(said.blocks[m], at::kLong),
                   soft * shares.select(1, static_cast<int64_t>(m)).unsqueeze(1));
  }
  return temperature * at::log(sum.clamp_min(least));
}

Tensor pooled(const MembersSaid& said, const Pools& rule, double temperature) {
  const Tensor alone = side_by_side(said);
  if (!said.pools.defined()) return alone;
  const auto members = static_cast<int64_t>(said.logits.size());
  const Tensor known = said.pools.ge(0).unsqueeze(1);
  Tensor shares =
      at::full({alone.size(0), members}, rule.others / static_cast<double>(members), at::kDouble);
  shares.scatter_add_(1, said.pools.clamp_min(0).unsqueeze(1),
                      at::full({alone.size(0), 1}, 1 - rule.others, at::kDouble));
  return at::where(known, mixture(said, shares, temperature), alone);
}

Tensor gated(const MembersSaid& said, const Gated& rule, const MergeFit& fit, double temperature) {
  Tensor score = competence(said, rule.gate);
  if (!fit.gate_biases.empty()) score = score + at::tensor(fit.gate_biases, at::kDouble);
  return mixture(said, at::softmax(score, 1), temperature);
}

}  // namespace

void Calibrated::describe(FieldVisitor& visitor) {
  describe_prior(visitor, prior);
  visitor.visit(
      {.name = "fitted_to",
       .help = "what scales and offsets go by: the prior, on images without their labels; "
               "or the labels of those of the student's images that have one",
       .choices = {"prior", "labels"}},
      fitted_to);
}

void Pools::describe(FieldVisitor& visitor) {
  visitor.visit({.name = "others",
                 .help = "the share of all softmaxes together in what an image is taught",
                 .range = Range::between(0, 1)},
                others);
}

void Gated::describe(FieldVisitor& visitor) {
  visitor.visit({.name = "gate",
                 .help = "what tells whose image it is: energy, largest_logit or entropy of what "
                         "the members say; feature_distance from their own training images; or "
                         "the name of a teacher that tells_apart them"},
                gate);
  describe_prior(visitor, prior);
}

std::string rule_name(const MergeRule& rule) {
  return std::visit([](const auto& kind) { return std::string(kind.kind); }, rule);
}

std::string rule_text(MergeRule rule) {
  return toml_text([&](FieldVisitor& visitor) { visitor.choice({.name = "rule"}, rule); });
}

bool Gated::is_of_features() const {
  return gate == "feature_distance";
}

bool Gated::is_of_teacher() const {
  return !is_of_features() && gate != "energy" && gate != "largest_logit" && gate != "entropy";
}

Tensor side_by_side(const MembersSaid& said, const MergeFit& fit) {
  Tensor sum = at::zeros({said.logits.front().size(0), said.classes}, at::kDouble);
  std::vector<double> knowing(static_cast<size_t>(said.classes), 0);
  for (size_t m = 0; m < said.logits.size(); ++m) {
    const double scale = fit.scales.empty() ? 1 : fit.scales[m];
    sum.index_add_(1, at::tensor(said.blocks[m], at::kLong), said.logits[m] * scale);
    for (const int64_t place : said.blocks[m]) ++knowing[static_cast<size_t>(place)];
  }
  const Tensor mean = sum / at::tensor(knowing, at::kDouble);
  return fit.biases.empty() ? mean : mean + at::tensor(fit.biases, at::kDouble);
}

Tensor competence(const MembersSaid& said, std::string_view gate) {
  if (said.told.defined()) return said.told.to(at::kDouble);
  std::vector<Tensor> scores;
  for (const Tensor& logits : said.logits) {
    if (gate == "energy") scores.push_back(at::logsumexp(logits, at::IntArrayRef{1}));
    if (gate == "largest_logit") scores.push_back(at::amax(logits, at::IntArrayRef{1}));
    if (gate == "entropy") {
      const Tensor soft = at::log_softmax(logits, 1);
      scores.push_back((at::exp(soft) * soft).sum(1));
    }
  }
  return at::stack(scores, 1);
}

Tensor merged_logits(const MembersSaid& said, const MergeRule& rule, const MergeFit& fit,
                     double temperature) {
  if (const auto* pools = std::get_if<Pools>(&rule)) return pooled(said, *pools, temperature);
  if (const auto* gate = std::get_if<Gated>(&rule)) return gated(said, *gate, fit, temperature);
  return side_by_side(said, fit);
}

}  // namespace retort
