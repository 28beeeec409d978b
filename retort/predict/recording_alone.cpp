#include <fmt/format.h>

#include "retort/predict/recorded.hpp"

namespace retort {
namespace {

class RecordingAlone : public Predictor {
 public:
  explicit RecordingAlone(std::shared_ptr<const Recording> recording)
      : recording_(std::move(recording)) {}

  NamedTensors predict(const Tensor& images, const Names&) const override {
    throw Error(ExitCode::data,
                fmt::format("recording {}: {} of the samples in the views that are asked for are "
                            "not in it, and there is no teacher to ask",
                            recording_->folder().string(), images.size(0)));
  }
  std::vector<OutputInfo> outputs() const override {
    std::vector<OutputInfo> outputs;
    for (const RecordedTensor& tensor : recording_->subject().tensors) {
      outputs.push_back({tensor.name, tensor.shape});
    }
    return outputs;
  }
  const Shape& input_shape() const override { return no_shape_; }
  const Classes& classes() const override { return no_classes_; }
  Shape logits_shape() const override {
    for (const RecordedTensor& tensor : recording_->subject().tensors) {
      if (tensor.name == "logits") return tensor.shape;
    }
    throw Error(ExitCode::model,
                fmt::format("recording {}: has no 'logits'", recording_->folder().string()));
  }
  Fingerprint fingerprint() const override { return recording_->subject().teacher; }

 private:
  std::shared_ptr<const Recording> recording_;
  Shape no_shape_;
  Classes no_classes_;
};

}  // namespace

std::shared_ptr<const Predictor> recording_alone(const Path& folder) {
  return std::make_shared<RecordingAlone>(Recording::open_to_read(folder));
}

}  // namespace retort
