#pragma once

#include <memory>
#include <string>
#include <vector>

#include "retort/predict/merge_rules.hpp"
#include "retort/predict/predictor.hpp"

namespace retort {

/// Which outputs of a model count among the classes of the data, and which classes these are:
/// outputs[i] is the logit of classes[i]. Other outputs are left alone.
struct KnownClasses {
  std::vector<int64_t> outputs;
  std::vector<int64_t> classes;
};
/// Matches by name. Throws Error (usage) that opens with `where` when no name is in both.
KnownClasses known_classes(const Classes& of_model, const Classes& all, const std::string& where);

/// The same predictor answering for all classes: those it does not know get a logit so low that
/// their probability is 0 (and no NaN). To measure it with; nothing should learn from it.
std::shared_ptr<const Predictor> widened(std::shared_ptr<const Predictor> predictor,
                                         const Classes& all, const std::string& where);

/// A predictor that knows one class and always answers it, its logit 0: what stands for the images
/// that no teacher knows. images: their shape.
std::shared_ptr<const Predictor> always(const std::string& name, const Shape& images);

/// One member of a merge: a predictor that names its classes, some of which are those of the data.
struct MergeMember {
  std::string name;
  std::shared_ptr<const Predictor> predictor;
};

/// What a merge is made of. `gate` tells the members apart: its classes are their names; null:
/// none.
struct Merge {
  std::vector<MergeMember> members;
  Classes classes;  // all, in the order of the answer
  MergeRule rule;
  std::shared_ptr<const Predictor> gate;
};

/// What the members say of a batch.
MembersSaid said_of(const Merge& merge, const Batch& batch);

/// Teachers that know different classes as one that knows all. It answers "logits" [N, C] at T = 1;
/// "logits_at_T" for any T > 0 (logits_at_2.5), whose softmax at T is the rule's answer at T; and
/// "block_logits" [N, sum of c_m], the members' own, one after the other. A single member is
/// itself, its classes in order. Throws Error (usage) when nobody knows one of the classes.
std::shared_ptr<const Predictor> merged(Merge merge, MergeFit fit);

/// "logits_at_2.5"
std::string logits_name_at(double temperature);

}  // namespace retort
