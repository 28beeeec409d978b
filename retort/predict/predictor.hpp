#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "retort/base/file.hpp"
#include "retort/base/hash.hpp"
#include "retort/data/batch.hpp"
#include "retort/model/network.hpp"

namespace retort {

/// One tensor that a predictor can be asked for.
struct OutputInfo {
  std::string name;
  Shape shape;  // without the batch dimension
};

/// Whatever turns images into named tensors: a network, and whatever answers like one. It is
/// frozen: no gradient, evaluation mode, the same answer every time.
class Predictor {
 public:
  virtual ~Predictor() = default;
  /// images: [N, C, H, W], pixels in [0, 1]. The name "logits" always works: [N, classes].
  virtual NamedTensors predict(const Tensor& images, const Names& wanted) const = 0;
  /// The same of a batch, of whose images more may be known: whose pool they are from.
  virtual NamedTensors predict_batch(const Batch& batch, const Names& wanted) const {
    return predict(batch.inputs, wanted);
  }
  virtual std::vector<OutputInfo> outputs() const = 0;
  /// The shape of one of outputs(), of "logits", or of a name that it answers beyond them. Throws
  /// Error (model) for a name that it does not know.
  virtual Shape output_shape(const std::string& name) const;
  virtual const Shape& input_shape() const = 0;
  /// Empty where the model's file names none.
  virtual const Classes& classes() const = 0;
  virtual Shape logits_shape() const = 0;
  /// The tensor that its last layer reads, one that it answers; empty where it is no one network.
  virtual std::string features() const { return {}; }
  /// Changes when an answer may change.
  virtual Fingerprint fingerprint() const = 0;
  /// The same with its convolutions in bf16, which is quicker where the processor has products in
  /// bf16; logits differ by about a hundredth. Null where there is nothing to gain.
  virtual std::shared_ptr<const Predictor> in_bf16() const { return nullptr; }
};

/// A network as a Predictor. One with convolutions answers from a frozen copy (see
/// Network::frozen), Network::frozen_images at a time.
class NetworkPredictor : public Predictor {
 public:
  /// Throws Error (model) when the weights do not fit the graph.
  explicit NetworkPredictor(Model model, bool bf16 = false);
  NamedTensors predict(const Tensor& images, const Names& wanted) const override;
  std::vector<OutputInfo> outputs() const override;
  const Shape& input_shape() const override { return network_.graph().input_shape(); }
  const Classes& classes() const override { return network_.graph().classes; }
  Shape logits_shape() const override { return network_.graph().shape(network_.graph().output()); }
  std::string features() const override;
  Fingerprint fingerprint() const override;
  std::shared_ptr<const Predictor> in_bf16() const override;
  /// Of one answer, before anything is folded.
  Cost cost() const { return retort::cost(network_.graph()); }

 private:
  bool frozen_answers(const Names& wanted) const;

  Network network_;
  std::optional<Network> frozen_;  // where there are convolutions
  bool bf16_;
};

/// A model file of ours or an ONNX file, told apart by its name (.onnx). Throws Error (model).
Model open_model(const Path& path);

/// Where each of `wanted` stands in `available`. Throws Error (usage) that names the classes
/// missing on either side and opens with `where`, when they are not the same set of names.
std::vector<int64_t> class_order(const Classes& wanted, const Classes& available,
                                 const std::string& where);

/// The predictor with its logits in the order of `classes`; itself where the order is the same;
/// with these names where it has as many classes and its file names none. Throws Error (usage) like
/// class_order.
std::shared_ptr<const Predictor> with_classes(std::shared_ptr<const Predictor> predictor,
                                              const Classes& classes, const std::string& where);

}  // namespace retort
