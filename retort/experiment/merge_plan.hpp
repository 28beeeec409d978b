#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "retort/data/dataset.hpp"
#include "retort/experiment/experiment.hpp"
#include "retort/predict/merge_rules.hpp"

namespace retort {

/// Which members of a merge know each class of the data.
class Owners {
 public:
  /// blocks: the classes that each member knows; others than `all` are left alone.
  Owners(const Classes& all, const std::vector<Classes>& blocks);
  /// The members that know a class; none for no_label.
  const std::vector<int64_t>& of(int64_t label) const;
  /// The member whose image a labelled one is, no_label where nobody knows. One whose class several
  /// know is the image of one of them, by its number: their folders would share the class.
  int64_t of_image(int64_t label, int64_t index) const;

 private:
  std::vector<std::vector<int64_t>> owners_;
};

/// What a merged teacher is made of.
struct PlannedMerge {
  std::vector<std::string> members;  // teachers, and `none`
  std::vector<Classes> blocks;       // of each: the classes of the data that it knows
  MergeRule rule;                    // never Recommended
  std::string gate;                  // the teacher that tells the members apart; empty: none
  std::string none;                  // the class, and the member, of what no teacher knows
  DatasetPointer images;             // what the student will see, plain: the rule is fitted on them
  DatasetPointer own =
      {};  // the members' training images by whose they are; null: the rule asks none
};

/// The members of a merge: the teachers, and the class that none of them knows.
std::vector<std::string> members_of(const TeacherSettings& merge);

/// Throws Error (usage) for a class `none` that a teacher knows, that no training image has, or
/// with a rule that cannot know it.
void check_none(const PlannedMerge& merge);

/// Whether a teacher is merged into another one, or can tell apart the members of a merge.
bool is_of_a_merge(const Experiment& experiment, const std::string& teacher);

/// What does not fit together in the merges of an experiment: (field, what is wrong).
std::vector<std::pair<std::string, std::string>> merge_misfits(const Experiment& experiment);

/// Whether a rule is fitted to labelled images.
bool is_fitted_to_labels(const MergeRule& rule);

/// The rule that a teacher's `rule` stands for: Recommended becomes Pools where the data have
/// pools, Gated where a teacher tells these members apart, else Concatenate.
MergeRule resolved_rule(const TeacherSettings& merge, const Experiment& experiment,
                        const Dataset& data);

/// The same images with the pools that the rule "pools" goes by: the data's own, and where an image
/// is in none, by label and owner. `whole` has the labels of all of them, by source_index: also of
/// those whose label the student does not see. Throws Error (usage) when neither is there, and for
/// a pool that is no member's.
DatasetPointer pooled_for(const PlannedMerge& merge, DatasetPointer images, const Dataset& whole);

/// Throws Error (usage) where a rule is fitted to labels, and a member has no labelled image of its
/// classes among those of the student.
void check_labels_to_fit(const PlannedMerge& merge);

/// The images labelled by the only member that knows their class; those that nobody or several know
/// are left out.
DatasetPointer labelled_by_owner(const PlannedMerge& merge, const DatasetPointer& images);

/// What a network learns from that tells the members apart: the training images of each
/// (`seen`, by its name) that are of its classes, labelled by whose they are. Where only the images
/// `labelled` (sorted; none: all) have a label, these alone, so often that an epoch is as long.
/// Throws Error (usage) when there are none.
DatasetPointer images_of_members(const PlannedMerge& merge, const DatasetPointer& images,
                                 const std::map<std::string, std::vector<int64_t>>& seen,
                                 const std::vector<int64_t>& labelled);

/// Throws Error (usage) when no member knows one of the classes.
void check_all_known(const PlannedMerge& merge, const Classes& all);

/// Whether a rule asks how far an image is from the members' own ones.
bool is_of_features(const MergeRule& rule);

/// The teacher that a rule asks whose image it is; empty: none.
std::string gate_of(const MergeRule& rule);

/// The share of every class by a rule's prior. Throws Error (usage) as read_prior, and for a prior
/// that leaves out a class.
std::vector<double> merge_prior(const MergeRule& rule, const Classes& all);

/// Throws Error (usage) for images of a batch that are mixed: whose image would it be?
void check_unmixed(const Mix& mix);

/// "THEIRS=OURS": names of a model's classes that are others in the data. Throws Error (usage) for
/// a name that it does not have, and when two classes would have one name.
void rename_classes(Classes& classes, const std::vector<std::string>& renames);

}  // namespace retort
