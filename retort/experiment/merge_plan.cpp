#include "retort/experiment/merge_plan.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "retort/data/relabelled.hpp"
#include "retort/data/subset.hpp"
#include "retort/evaluate/output_bias.hpp"
#include "retort/experiment/names.hpp"

namespace retort {

Owners::Owners(const Classes& all, const std::vector<Classes>& blocks) : owners_(all.size()) {
  for (size_t c = 0; c < all.size(); ++c) {
    for (size_t m = 0; m < blocks.size(); ++m) {
      if (std::find(blocks[m].begin(), blocks[m].end(), all[c]) == blocks[m].end()) continue;
      owners_[c].push_back(static_cast<int64_t>(m));
    }
  }
}

const std::vector<int64_t>& Owners::of(int64_t label) const {
  static const std::vector<int64_t> none;
  return label == no_label ? none : owners_[static_cast<size_t>(label)];
}

int64_t Owners::of_image(int64_t label, int64_t index) const {
  const std::vector<int64_t>& owners = of(label);
  return owners.empty() ? no_label : owners[static_cast<size_t>(index) % owners.size()];
}

MergeRule resolved_rule(const TeacherSettings& merge, const Experiment& experiment,
                        const Dataset& data) {
  if (!std::holds_alternative<Recommended>(merge.rule)) return merge.rule;
  if (!data.pools().empty()) return Pools{};
  std::vector<std::string> members = members_of(merge);
  std::sort(members.begin(), members.end());
  for (const auto& [name, teacher] : experiment.teachers) {
    std::vector<std::string> told = teacher.tells_apart;
    std::sort(told.begin(), told.end());
    if (told == members) return Gated{.gate = name};
  }
  return Concatenate{};
}

std::vector<std::string> members_of(const TeacherSettings& merge) {
  std::vector<std::string> members = merge.merge;
  if (!merge.none.empty()) members.push_back(merge.none);
  return members;
}

void check_none(const PlannedMerge& merge) {
  if (merge.none.empty()) return;
  const Dataset& images = *merge.images;
  const Classes& all = images.classes();
  const auto found = std::find(all.begin(), all.end(), merge.none);
  if (found == all.end()) {
    throw Error(ExitCode::usage, fmt::format("the data have no class \"{}\"{}",
                                             printable(merge.none), suggest(merge.none, all)));
  }
  const std::vector<int64_t> knowing = Owners(all, merge.blocks).of(found - all.begin());
  if (knowing.size() > 1) {
    throw Error(ExitCode::usage,
                fmt::format("\"{}\" is a class that {} knows", printable(merge.none),
                            merge.members[static_cast<size_t>(knowing.front())]));
  }
  if (!std::holds_alternative<Pools>(merge.rule) && gate_of(merge.rule).empty()) {
    throw Error(
        ExitCode::usage,
        fmt::format("by {} nothing says which images no teacher knows; wanted \"pools\", or "
                    "a gate with tells_apart = [\"{}\"]",
                    rule_name(merge.rule), join(merge.members, "\", \"")));
  }
  for (int64_t i = 0; i < images.size(); ++i) {
    if (images.label(i) == found - all.begin()) return;
  }
  throw Error(ExitCode::usage,
              fmt::format("wanted training images that are labelled \"{}\" (train/{}), got none",
                          printable(merge.none), printable(merge.none)));
}

bool is_fitted_to_labels(const MergeRule& rule) {
  const auto* calibrated = std::get_if<Calibrated>(&rule);
  return calibrated != nullptr && calibrated->fitted_to == "labels";
}

DatasetPointer pooled_for(const PlannedMerge& merge, DatasetPointer images, const Dataset& whole) {
  const Owners owners(images->classes(), merge.blocks);
  const Classes& there = images->pools();
  std::vector<int64_t> pools;
  for (int64_t i = 0; i < images->size(); ++i) {
    const int64_t pool = images->pool(i), source = images->source_index(i);
    if (pool == no_label) {
      pools.push_back(owners.of_image(whole.label(source), source));
      continue;
    }
    const std::string& name = there[static_cast<size_t>(pool)];
    const auto found = std::find(merge.members.begin(), merge.members.end(), name);
    if (found == merge.members.end()) {
      throw Error(ExitCode::usage,
                  fmt::format("the data have a pool \"{}\", and none of the teachers {} has that "
                              "name{}",
                              printable(name), join(merge.members), suggest(name, merge.members)));
    }
    pools.push_back(found - merge.members.begin());
  }
  if (std::all_of(pools.begin(), pools.end(), [](int64_t pool) { return pool == no_label; })) {
    throw Error(ExitCode::usage,
                fmt::format("rule = \"pools\" wants images whose pool is known: a column \"pool\" "
                            "of a manifest or a folder of data.unlabelled with the name of one of "
                            "{}, or labels to tell it by; the data have {}",
                            join(merge.members),
                            there.empty() ? "none of these" : "the pools " + join(there)));
  }
  return with_pools(std::move(images), merge.members, std::move(pools));
}

void check_labels_to_fit(const PlannedMerge& merge) {
  if (!is_fitted_to_labels(merge.rule)) return;
  const Owners owners(merge.images->classes(), merge.blocks);
  std::vector<bool> has(merge.members.size(), false);
  for (int64_t i = 0; i < merge.images->size(); ++i) {
    for (const int64_t m : owners.of(merge.images->label(i))) has[static_cast<size_t>(m)] = true;
  }
  for (size_t m = 0; m < has.size(); ++m) {
    if (has[m]) continue;
    throw Error(ExitCode::usage,
                fmt::format("\"labels\" wants some of the student's images to have one, of every "
                            "teacher's classes; none is one of \"{}\" ({})",
                            merge.members[m], printable(join(merge.blocks[m]))));
  }
}

DatasetPointer labelled_by_owner(const PlannedMerge& merge, const DatasetPointer& images) {
  const Owners owners(images->classes(), merge.blocks);
  std::vector<int64_t> indices, labels;
  for (int64_t i = 0; i < images->size(); ++i) {
    const std::vector<int64_t>& known_by = owners.of(images->label(i));
    if (known_by.size() != 1) continue;
    indices.push_back(i);
    labels.push_back(known_by.front());
  }
  return relabelled(images, std::move(indices), merge.members, std::move(labels));
}

DatasetPointer images_of_members(const PlannedMerge& merge, const DatasetPointer& images,
                                 const std::map<std::string, std::vector<int64_t>>& seen,
                                 const std::vector<int64_t>& labelled) {
  std::vector<int64_t> once, owners_once;
  size_t count = 0;
  std::vector<std::string> without;
  for (size_t m = 0; m < merge.members.size(); ++m) {
    for (const int64_t i : of_classes(*images, seen.at(merge.members[m]), merge.blocks[m])) {
      ++count;
      if (!labelled.empty() && !std::binary_search(labelled.begin(), labelled.end(), i)) continue;
      once.push_back(i);
      owners_once.push_back(static_cast<int64_t>(m));
    }
    const auto of_member = static_cast<int64_t>(m);
    if (owners_once.empty() || owners_once.back() != of_member) {
      without.push_back(fmt::format("\"{}\" ({})", merge.members[m], join(merge.blocks[m])));
    }
  }
  if (!without.empty()) {
    throw Error(ExitCode::usage,
                fmt::format("wanted training images with a label of every teacher's classes, to "
                            "learn whose they are; there are none of {}",
                            printable(join(without))));
  }
  std::vector<int64_t> indices, owners;
  for (size_t i = 0; i < count; ++i) {
    indices.push_back(once[i % once.size()]);
    owners.push_back(owners_once[i % once.size()]);
  }
  return relabelled(images, std::move(indices), merge.members, std::move(owners));
}

void check_all_known(const PlannedMerge& merge, const Classes& all) {
  const Owners owners(all, merge.blocks);
  std::vector<std::string> missing;
  for (size_t c = 0; c < all.size(); ++c) {
    if (owners.of(static_cast<int64_t>(c)).empty()) {
      missing.push_back("\"" + printable(all[c]) + "\"");
    }
  }
  if (missing.empty()) return;
  missing.resize(std::min<size_t>(missing.size(), 5));
  throw Error(ExitCode::usage, fmt::format("none of {} knows {}, and the data have it",
                                           join(merge.members), join(missing)));
}

bool is_of_features(const MergeRule& rule) {
  const auto* gated = std::get_if<Gated>(&rule);
  return gated != nullptr && gated->is_of_features();
}

std::string gate_of(const MergeRule& rule) {
  const auto* gated = std::get_if<Gated>(&rule);
  return gated != nullptr && gated->is_of_teacher() ? gated->gate : "";
}

std::vector<double> merge_prior(const MergeRule& rule, const Classes& all) {
  std::vector<double> shares(all.size(), 1 / static_cast<double>(all.size()));
  std::vector<std::string> words = {"uniform"};
  if (const auto* calibrated = std::get_if<Calibrated>(&rule)) words = calibrated->prior;
  if (const auto* gated = std::get_if<Gated>(&rule)) words = gated->prior;
  const Prior prior = read_prior(words, all);
  if (prior.size() < all.size()) {
    throw Error(ExitCode::usage,
                fmt::format("prior: wanted the share of each of {} classes, got {}", all.size(),
                            prior.size()));
  }
  for (const auto& [index, share] : prior) shares[static_cast<size_t>(index)] = share;
  return shares;
}

void check_unmixed(const Mix& mix) {
  if (std::holds_alternative<NoMix>(mix)) return;
  throw Error(ExitCode::usage,
              "an image mixed of two has no pool: set student.train.mix = "
              "\"none\", or another rule");
}

void rename_classes(Classes& classes, const std::vector<std::string>& renames) {
  const Classes theirs = classes;
  for (const std::string& word : renames) {
    const auto class_before = [&](size_t sign) {
      return std::find(theirs.begin(), theirs.end(), word.substr(0, sign));
    };
    size_t sign = word.find('=');  // either name may have one in it too
    for (size_t next = sign; next != std::string::npos; next = word.find('=', next + 1)) {
      if (class_before(next) == theirs.end()) continue;
      sign = next;
      break;
    }
    const auto found = class_before(sign);
    if (sign == std::string::npos || sign + 1 == word.size()) {
      throw Error(ExitCode::usage,
                  fmt::format("rename: wanted \"THEIRS=OURS\", got \"{}\"", printable(word)));
    }
    if (found == theirs.end()) {
      throw Error(ExitCode::usage, fmt::format("rename: the file has no class \"{}\"{}",
                                               printable(word.substr(0, sign)),
                                               suggest(word.substr(0, sign), theirs)));
    }
    classes[static_cast<size_t>(found - theirs.begin())] = word.substr(sign + 1);
  }
  const std::optional<std::string> twice = repeated(classes);
  if (!renames.empty() && twice) {
    throw Error(ExitCode::usage, fmt::format("rename: two classes of the file are now called "
                                             "\"{}\"",
                                             printable(*twice)));
  }
}

}  // namespace retort
