#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "retort/data/batch_stream.hpp"
#include "retort/predict/recorded.hpp"
#include "retort/train/plain_images.hpp"

namespace retort {

/// Teachers by name; they answer under "NAME/...", frozen.
using Teachers = std::vector<std::pair<std::string, std::shared_ptr<const Predictor>>>;

/// A teacher whose answers are kept on the disk, and where.
struct RecordedTeacher {
  std::string teacher;
  RecordingPlace place;
};

/// What becomes of teachers' answers, beside being used.
struct Remembering {
  bool in_memory = false;                     // what comes_back says of the training
  int64_t most_bytes = int64_t{2} << 30;      // of all in memory; what takes more is asked live
  std::vector<RecordedTeacher> on_disk = {};  // these are not kept in memory
};

/// What frozen teachers say of the images of a training, always asked in micro-batches of one size
/// (see micro_batches.hpp): the bits are the same whether an answer is live, remembered or
/// recorded. Where every image comes more than once and a teacher sees it always as it is, all is
/// asked once, before the first step, and looked up afterwards; what is recorded is asked where it
/// is missing; else the teachers answer batch by batch what the student sees, or the plain images.
class TeacherAnswers {
 public:
  /// names: "NAME/..." of the teachers that are asked; others are left alone. Throws Error
  /// (interrupted) when a stop is requested meanwhile, Error (model) for a name that a teacher does
  /// not know, and what Recording::open throws.
  TeacherAnswers(Teachers teachers, const Names& names, const Dataset& images,
                 const Remembering& remembering = {}, PlainImages plain = {});

  /// The answers for a batch of these images under their qualified names, [N, ...]. upcoming: keys
  /// of the training's next steps, see Recorded.
  NamedTensors answers(const Batch& batch, const Recorded::Upcoming& upcoming = nothing);
  /// Writes what is to be recorded and has not been written yet.
  void flush();
  /// Whether an image is seen more than once, and itself.
  static bool comes_back(int64_t epochs, const Mix& mix) {
    return epochs > 1 && std::holds_alternative<NoMix>(mix);
  }
  /// Whether every image is asked once, if memory allows.
  static bool asks_once(const Dataset& images, int64_t epochs, const Mix& mix) {
    return images.views() == 1 && comes_back(epochs, mix);
  }
  bool remembers() const { return !moved_.remembered.empty() || !still_.remembered.empty(); }
  /// What recordings had to say when they were opened.
  std::vector<std::string> notes() const;
  std::vector<std::string> warnings() const;

 private:
  // Teachers that are not recorded and see the same.
  struct Asked {
    bool of_plain = false;
    Teachers teachers = {};
    std::vector<Names> wanted = {};  // of each
    NamedTensors remembered = {};    // [size, ...], by the index of the sample

    NamedTensors answers(const Batch& batch) const;
    /// Where that takes at most `room` bytes, which it is less then.
    void ask_all(const Dataset& images, int64_t& room);
  };

  static std::vector<SampleKey> nothing() { return {}; }
  void add_answers(const Asked& asked, const Batch& batch, NamedTensors& values) const;

  PlainImages plain_;
  Asked moved_;  // of what the student sees
  Asked still_ = {.of_plain = true};
  std::vector<std::pair<std::string, std::unique_ptr<Recorded>>> recorded_;
};

}  // namespace retort
