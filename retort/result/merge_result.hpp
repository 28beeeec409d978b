#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace retort {

/// One model's answers on the labelled test images, where the classes that one merged teacher knows
/// are a block.
struct BlockScores {
  std::string model;  // the student, its twin, the merged teacher
  int64_t count = 0;
  int64_t errors = 0;
  int64_t other_block = 0;             // errors whose answer none knows who knows the true class
  std::vector<int64_t> block_count;    // by block: images of its classes
  std::vector<int64_t> within_errors;  // of these, were only the block's classes to choose from
  /// [block of the true class][block of the answer]; a class of several blocks stands in the true
  /// class's block where it is in it too, else in its first.
  std::vector<std::vector<int64_t>> confusion;
};

/// A way to put the merged teachers together when an image comes, without a student or a label.
struct MergeWay {
  std::string name;
  int64_t errors = 0;
};

/// What a run found out of one merged teacher.
struct MergeResult {
  std::string teacher, rule;
  std::vector<std::string> members;
  std::vector<std::vector<std::string>> blocks;  // classes of each member
  std::vector<BlockScores> models;
  std::vector<MergeWay> ways;
  int64_t owner_errors = 0;  // of the teachers when the right one is asked for every image
  std::string gate;          // the network that tells the members apart; empty: none
  int64_t gate_images = 0;   // test images it was asked of
  int64_t gate_errors = 0;   // of which it gave to the wrong teacher

  /// The way with the fewest errors on the test images.
  const MergeWay& best_way() const;
  const BlockScores* of(const std::string& model) const;
};

}  // namespace retort
