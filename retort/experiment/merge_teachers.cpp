#include "retort/experiment/merge_teachers.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/argmax.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "retort/data/subset.hpp"
#include "retort/experiment/merge_fit.hpp"
#include "retort/predict/feature_distance.hpp"

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
    const bool is_none = member == planned.merge->none;
    merge.members.push_back({member, is_none ? always(member, planned.merge->images->shape())
                                             : named(teachers, member)});
  }
  if (!planned.merge->gate.empty()) {
    merge.gate = with_classes(named(teachers, planned.merge->gate), planned.merge->members,
                              planned.merge->gate);
  }
  if (planned.merge->own) merge.gate = feature_distance(merge.members, planned.merge->own);
  return merge;
}

bool is_fitted(const MergeRule& rule) {
  const auto* gated = std::get_if<Gated>(&rule);
  return std::holds_alternative<Calibrated>(rule) || (gated != nullptr && !gated->is_of_teacher());
}

// The rule that goes by labels, fitted to at most `most_images` of those that have one.
MergeFit fitted_to_labels(const Merge& merge, const DatasetPointer& images) {
  std::vector<int64_t> labelled, chosen, labels;
  for (int64_t i = 0; i < images->size(); ++i) {
    if (images->label(i) != no_label) labelled.push_back(i);
  }
  const size_t count = std::min(labelled.size(), static_cast<size_t>(most_images));
  for (size_t i = 0; i < count; ++i) {
    chosen.push_back(labelled[i * labelled.size() / count]);
    labels.push_back(images->label(chosen.back()));
  }
  return fit_to_labels(said_of_images(merge, *subset(images, chosen)),
                       at::tensor(labels, at::kLong));
}

int64_t errors_of(const Tensor& logits, const Tensor& labels) {
  return (at::argmax(logits, 1).ne(labels) & labels.ge(0)).sum().item<int64_t>();
}

// Every way that needs no label when an image comes.
std::vector<MergeWay> ways_of(const MembersSaid& test, const MembersSaid& unlabelled,
                              const std::vector<double>& shares, const Tensor& labels,
                              const MergeRule& rule) {
  std::vector<MergeWay> ways;
  MembersSaid untold = test, untold_images = unlabelled;
  untold.told = untold_images.told = Tensor();
  const auto add = [&](const std::string& name, const MembersSaid& said, const MergeRule& one) {
    const bool is_told = said.told.defined();
    const MergeFit fit = fit_of(one, is_told ? unlabelled : untold_images, shares);
    ways.push_back({name, errors_of(merged_logits(said, one, fit, 1), labels)});
  };
  add("concatenate", untold, Concatenate{});
  add("calibrated", untold, Calibrated{});
  for (const char* kind : {"energy", "largest_logit", "entropy"}) {
    add(std::string("gated by ") + kind, untold, Gated{.gate = kind});
  }
  MembersSaid equal = untold;
  equal.pools = at::zeros_like(labels);
  add("largest probability", equal, Pools{.others = 1});
  if (test.told.defined()) add("gated by " + std::get<Gated>(rule).gate, test, rule);
  return ways;
}

// The right teacher asked for every image; the labels say which it is.
int64_t owner_errors(const MembersSaid& test, const PlannedMerge& merge, const Answers& answers,
                     const Classes& classes) {
  const Owners owners(classes, merge.blocks);
  MembersSaid known = test;
  known.pools = at::zeros_like(answers.labels);
  int64_t* pool = known.pools.data_ptr<int64_t>();
  for (int64_t i = 0; i < answers.labels.size(0); ++i) {
    pool[i] = owners.of_image(answers.labels[i].item<int64_t>(), i);
  }
  return errors_of(merged_logits(known, Pools{.others = 0}, {}, 1), answers.labels);
}

MergeResult examined(const PlannedModel& planned, const Plan& plan, const Teachers& teachers,
                     const NamedAnswers& answers) {
  const PlannedMerge& merge = *planned.merge;
  const Classes& classes = plan.test->classes();
  MergeResult result{
      .teacher = planned.name,
      .rule = is_fitted_to_labels(merge.rule) ? "calibrated to labels" : rule_name(merge.rule),
      .members = merge.members,
      .blocks = {merge.blocks.begin(), merge.blocks.end()}};
  const Merge made = merge_from(planned, teachers);
  const MembersSaid test = said_of_images(made, *plan.test);
  const MembersSaid unlabelled = said_of_images(made, *merge.images, most_images);
  for (const auto& [name, said] : answers) {
    result.models.push_back(block_scores(name, said, classes, merge.blocks));
  }
  const Answers& some = answers.back().second;
  result.ways =
      ways_of(test, unlabelled, merge_prior(merge.rule, classes), some.labels, merge.rule);
  result.owner_errors = owner_errors(test, merge, some, classes);
  if (made.gate) {
    result.gate = std::get<Gated>(merge.rule).gate;
    Tensor whose = answers_of(*made.gate, *plan.test).logits;
    const MergeFit fit = fit_of(merge.rule, unlabelled, merge_prior(merge.rule, classes));
    if (!fit.gate_biases.empty()) whose = whose + at::tensor(fit.gate_biases, whose.options());
    std::tie(result.gate_errors, result.gate_images) =
        gate_errors(whose, some.labels, Owners(classes, merge.blocks));
  }
  return result;
}

}  // namespace

std::shared_ptr<const Predictor> merged_teacher(const PlannedModel& planned,
                                                const Teachers& teachers, Progress& progress) {
  Merge merge = merge_from(planned, teachers);
  if (merge.members.size() == 1 || !is_fitted(merge.rule)) return merged(std::move(merge), {});
  const Dataset& images = *planned.merge->images;
  if (is_fitted_to_labels(merge.rule)) {
    progress.note(fmt::format("{}: {} is fitted to the labels of the student's images",
                              planned.name, rule_name(merge.rule)));
    MergeFit fit = fitted_to_labels(merge, planned.merge->images);
    return merged(std::move(merge), std::move(fit));
  }
  progress.note(fmt::format("{}: {} is fitted on {} images without their labels", planned.name,
                            rule_name(merge.rule), std::min(most_images, images.size())));
  const MembersSaid said = said_of_images(merge, images, most_images);
  MergeFit fit = fit_of(merge.rule, said, merge_prior(merge.rule, merge.classes));
  return merged(std::move(merge), std::move(fit));
}

BlockScores block_scores(const std::string& model, const Answers& answers, const Classes& classes,
                         const std::vector<Classes>& blocks) {
  const Owners owners(classes, blocks);
  const size_t count = blocks.size();
  BlockScores scores{
      .model = model,
      .block_count = std::vector<int64_t>(count, 0),
      .within_errors = std::vector<int64_t>(count, 0),
      .confusion = std::vector<std::vector<int64_t>>(count, std::vector<int64_t>(count, 0))};
  const Tensor logits = answers.logits.to(at::kDouble).contiguous();
  for (int64_t i = 0; i < logits.size(0); ++i) {
    const int64_t label = answers.labels[i].item<int64_t>();
    if (label < 0) continue;
    const double* row = logits.data_ptr<double>() + i * logits.size(1);
    const int64_t answer = std::max_element(row, row + logits.size(1)) - row;
    const std::vector<int64_t>& right = owners.of(label);
    const std::vector<int64_t>& said = owners.of(answer);
    for (const int64_t m : right) {
      ++scores.block_count[static_cast<size_t>(m)];
      const bool beaten =
          std::any_of(classes.begin(), classes.end(), [&](const std::string& other) {
            const int64_t c = &other - classes.data();
            const std::vector<int64_t>& of_other = owners.of(c);
            return row[c] > row[label] &&
                   std::find(of_other.begin(), of_other.end(), m) != of_other.end();
          });
      if (beaten) ++scores.within_errors[static_cast<size_t>(m)];
    }
    const auto shared = std::find_first_of(right.begin(), right.end(), said.begin(), said.end());
    const int64_t from = shared == right.end() ? right.front() : *shared;
    const int64_t to = shared == right.end() ? said.front() : *shared;
    ++scores.confusion[static_cast<size_t>(from)][static_cast<size_t>(to)];
    ++scores.count;
    if (answer != label) ++scores.errors;
    if (shared == right.end()) ++scores.other_block;
  }
  return scores;
}

std::pair<int64_t, int64_t> gate_errors(const Tensor& whose, const Tensor& labels,
                                        const Owners& owners) {
  const Tensor told = at::argmax(whose, 1);
  int64_t errors = 0, images = 0;
  for (int64_t i = 0; i < labels.size(0); ++i) {
    const std::vector<int64_t>& right = owners.of(labels[i].item<int64_t>());
    if (right.empty()) continue;
    ++images;
    const int64_t member = told[i].item<int64_t>();
    if (std::find(right.begin(), right.end(), member) == right.end()) ++errors;
  }
  return {errors, images};
}

void examine_merges(const Plan& plan, const Teachers& teachers, const NamedAnswers& answers,
                    RunResult& result) {
  for (const PlannedModel& planned : plan.models) {
    if (!planned.merge || planned.merge->members.size() == 1) continue;
    result.merges.push_back(examined(planned, plan, teachers, answers));
  }
}

}  // namespace retort
