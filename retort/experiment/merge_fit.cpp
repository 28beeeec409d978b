#include "retort/experiment/merge_fit.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/amax.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/std.h>

#include <algorithm>

#include "retort/base/interrupt.hpp"
#include "retort/evaluate/output_bias.hpp"

namespace retort {
namespace {

Prior prior_of(const std::vector<double>& shares) {
  Prior prior;
  for (size_t c = 0; c < shares.size(); ++c) prior.emplace_back(c, shares[c]);
  return prior;
}

MergeFit calibrated_fit(const MembersSaid& said, const std::vector<double>& shares) {
  std::vector<double> deviations;
  double mean = 0;
  for (const Tensor& logits : said.logits) {
    deviations.push_back(at::amax(logits, at::IntArrayRef{1}).std().item<double>());
    mean += deviations.back() / static_cast<double>(said.logits.size());
  }
  MergeFit fit;
  for (const double deviation : deviations) {
    fit.scales.push_back(deviation > 0 ? mean / deviation : 1);
  }
  fit.biases = fit_biases(side_by_side(said, fit), prior_of(shares));
  return fit;
}

MergeFit gate_fit(const MembersSaid& said, const Gated& rule, const std::vector<double>& shares) {
  std::vector<double> knowing(shares.size(), 0), of_members;
  for (const auto& block : said.blocks) {
    for (const int64_t c : block) ++knowing[static_cast<size_t>(c)];
  }
  for (const auto& block : said.blocks) {
    double share = 0;
    for (const int64_t c : block) {
      share += shares[static_cast<size_t>(c)] / knowing[static_cast<size_t>(c)];
    }
    of_members.push_back(share);
  }
  MergeFit fit;
  fit.gate_biases = fit_biases(competence(said, rule.gate), prior_of(of_members));
  return fit;
}

}  // namespace

MembersSaid said_of_images(const Merge& merge, const Dataset& images, int64_t most) {
  constexpr int64_t batch_size = 500;
  const int64_t count = most > 0 ? std::min(most, images.size()) : images.size();
  MembersSaid all;
  std::vector<std::vector<Tensor>> logits(merge.members.size());
  std::vector<Tensor> told;
  for (int64_t first = 0; first < count; first += batch_size) {
    stop_if_requested();
    std::vector<SampleKey> keys;
    for (int64_t i = first; i < std::min(first + batch_size, count); ++i) {
      keys.push_back({.index = i * images.size() / count});
    }
    all = said_of(merge, make_batch(images, std::move(keys)));
    for (size_t m = 0; m < logits.size(); ++m) logits[m].push_back(all.logits[m]);
    if (all.told.defined()) told.push_back(all.told);
  }
  for (size_t m = 0; m < logits.size(); ++m) all.logits[m] = at::cat(logits[m]);
  if (!told.empty()) all.told = at::cat(told);
  all.pools = Tensor();
  return all;
}

MergeFit fit_of(const MergeRule& rule, const MembersSaid& said, const std::vector<double>& shares) {
  if (std::holds_alternative<Calibrated>(rule)) return calibrated_fit(said, shares);
  const auto* gated = std::get_if<Gated>(&rule);
  if (gated != nullptr && !gated->is_of_teacher()) return gate_fit(said, *gated, shares);
  return {};
}

}  // namespace retort
