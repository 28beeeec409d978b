#include "retort/experiment/merge_teachers.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/amax.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/mul.h>
#include <ATen/ops/std.h>
#include <ATen/ops/tensor.h>
#include <fmt/format.h>

#include <algorithm>

#include "retort/base/interrupt.hpp"
#include "retort/evaluate/output_bias.hpp"

namespace retort {
namespace {

constexpr int64_t most_images = 10000;  // a rule is fitted on: enough for shares of a hundredth

std::shared_ptr<const Predictor> named(const Teachers& teachers, const std::string& name) {
  const auto found = std::find_if(teachers.begin(), teachers.end(),
                                  [&](const auto& teacher) { return teacher.first == name; });
  return found->second;
}

Merge merge_from(const PlannedModel& planned, const Teachers& teachers) {
  Merge merge{.members = {},
              .classes = planned.merge->images->classes(),
              .rule = planned.merge->rule,
              .gate = nullptr};
  for (const std::string& member : planned.merge->members) {
    merge.members.push_back({member, named(teachers, member)});
  }
  if (!planned.merge->gate.empty()) merge.gate = named(teachers, planned.merge->gate);
  return merge;
}

// What the members say of at most `most_images` of the images, evenly spread.
MembersSaid said_of_some(const Merge& merge, const Dataset& images) {
  constexpr int64_t batch_size = 500;
  const int64_t count = std::min(most_images, images.size());
  MembersSaid all;
  std::vector<std::vector<Tensor>> parts(merge.members.size());
  for (int64_t first = 0; first < count; first += batch_size) {
    stop_if_requested();
    std::vector<SampleKey> keys;
    for (int64_t i = first; i < std::min(first + batch_size, count); ++i) {
      keys.push_back({.index = i * images.size() / count});
    }
    all = said_of(merge, make_batch(images, std::move(keys)));
    for (size_t m = 0; m < parts.size(); ++m) parts[m].push_back(all.logits[m]);
  }
  for (size_t m = 0; m < parts.size(); ++m) all.logits[m] = at::cat(parts[m]);
  return all;
}

Prior prior_of(const std::vector<double>& shares) {
  Prior prior;
  for (size_t c = 0; c < shares.size(); ++c) prior.emplace_back(c, shares[c]);
  return prior;
}

// Each member's largest logit gets the mean deviation of all members', then each class its share.
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

// A class that several members know is shared by them.
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

MergeFit fit_of(const Merge& merge, const Dataset& images, Progress& progress,
                const std::string& name) {
  const auto* gated = std::get_if<Gated>(&merge.rule);
  const bool calibrates = std::holds_alternative<Calibrated>(merge.rule);
  if (merge.members.size() == 1 || (!calibrates && (gated == nullptr || merge.gate))) return {};
  progress.note(fmt::format("{}: fitted on {} images without their labels", name,
                            std::min(most_images, images.size())));
  const MembersSaid said = said_of_some(merge, images);
  const std::vector<double> shares = merge_prior(merge.rule, merge.classes);
  return calibrates ? calibrated_fit(said, shares) : gate_fit(said, *gated, shares);
}

}  // namespace

std::shared_ptr<const Predictor> merged_teacher(const PlannedModel& planned,
                                                const Teachers& teachers, Progress& progress) {
  Merge merge = merge_from(planned, teachers);
  MergeFit fit = fit_of(merge, *planned.merge->images, progress, planned.name);
  return merged(std::move(merge), std::move(fit));
}

}  // namespace retort
