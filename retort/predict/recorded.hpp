#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "retort/data/batch.hpp"
#include "retort/predict/predictor.hpp"
#include "retort/predict/top_logits.hpp"
#include "retort/store/recording.hpp"

namespace retort {

/// Where a recording of a teacher lies.
struct RecordingPlace {
  Path folder;
  bool is_root = false;  // recordings of several subjects lie there, each under its fingerprint
  bool alone = false;    // there is no other teacher: nothing is ever written
  std::string precision = "fp32";
  TopLogits top = {};  // of "logits"; none: all of them
};

/// What is recorded of a predictor, and under which names: "logits" becomes a part of them where
/// the place says so.
struct RecordedForm {
  std::shared_ptr<const Predictor> predictor;
  Names names;
};
RecordedForm recorded_form(std::shared_ptr<const Predictor> predictor, Names wanted,
                           const RecordingPlace& place);

/// What a recording of these outputs of a predictor, for these images, is of. Throws Error (model)
/// for a name that the predictor does not know.
RecordingSubject recording_subject(const Predictor& predictor, const Names& wanted,
                                   const Dataset& images, const std::string& precision);

/// The key of a sample in the recordings of its data.
SampleKey source_key(const Dataset& images, SampleKey key);

/// Why what a teacher says of these images cannot be recorded; empty where it can.
std::string cannot_be_recorded(const Dataset& images);

/// A predictor that is asked once for a sample in a view; what it said is then read from its
/// recording.
class Recorded {
 public:
  /// The next keys of the training, a few at a time; none left: empty.
  using Upcoming = std::function<std::vector<SampleKey>()>;

  /// Throws what Recording::open and recording_subject throw.
  Recorded(std::shared_ptr<const Predictor> predictor, Names wanted, const Dataset& images,
           const RecordingPlace& place);

  /// The answers for these samples of the images, [N, ...]. What is missing is asked, in whole
  /// micro-batches: samples that come next fill them up.
  NamedTensors answers(const std::vector<SampleKey>& keys, const Upcoming& upcoming);
  /// Asks for what is missing of these keys.
  void fill(const std::vector<SampleKey>& keys);
  const Recording& recording() const { return *recording_; }
  void flush() {
    if (!alone_) recording_->flush();
  }

 private:
  std::vector<SampleKey> missing(const std::vector<SampleKey>& keys) const;
  std::vector<SampleKey> source_keys(const std::vector<SampleKey>& keys) const;

  RecordedForm form_;
  Names wanted_;
  TopLogits top_;
  const Dataset& images_;
  std::shared_ptr<Recording> recording_;
  bool alone_;  // nothing is ever written
};

/// A recording in place of its predictor: it knows its samples alone. Throws Error (data) like
/// Recording::open_to_read.
std::shared_ptr<const Predictor> recording_alone(const Path& folder);

}  // namespace retort
