#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "retort/data/batch_stream.hpp"
#include "retort/predict/predictor.hpp"

namespace retort {

/// Teachers by name; they answer under "NAME/...", frozen.
using Teachers = std::vector<std::pair<std::string, std::shared_ptr<const Predictor>>>;

/// What frozen teachers say of the images of a training. Where every image is seen more than once
/// and always as it is, all is asked once, before the first step, and looked up afterwards; where
/// the images are augmented or mixed, the teachers answer what the student sees, batch by batch.
class TeacherAnswers {
 public:
  /// names: "NAME/..." of the teachers that are asked; others are left alone. remember: what
  /// asks_once says of the training. most_bytes: what the remembered answers may take; when they
  /// take more, nothing is remembered. Throws Error (interrupted) when a stop is requested
  /// meanwhile, Error (model) for a name that a teacher does not know.
  TeacherAnswers(Teachers teachers, const Names& names, const Dataset& images, bool remember,
                 int64_t most_bytes = int64_t{2} << 30);

  /// The answers for a batch of these images under their qualified names, [N, ...].
  NamedTensors answers(const Batch& batch) const;
  /// Whether every image is asked once, if memory allows.
  static bool asks_once(const Dataset& images, int64_t epochs, const Mix& mix) {
    return images.views() == 1 && epochs > 1 && std::holds_alternative<NoMix>(mix);
  }
  bool remembers() const { return !remembered_.empty(); }

 private:
  NamedTensors asked(const Batch& batch) const;
  void ask_all(const Dataset& images, int64_t most_bytes);

  Teachers teachers_;
  std::vector<Names> wanted_;  // of each teacher
  NamedTensors remembered_;    // [size, ...], by the index of the sample
};

}  // namespace retort
