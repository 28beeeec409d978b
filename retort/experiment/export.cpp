#include "retort/experiment/export.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/rand.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "retort/data/batch_stream.hpp"
#include "retort/model/fold.hpp"
#include "retort/onnx/onnx_file.hpp"
#include "retort/predict/predictor.hpp"

namespace retort {
namespace {

constexpr int64_t most_images = 1000;

Tensor images_for(const Graph& graph, const Dataset* dataset) {
  if (dataset == nullptr) {
    Shape shape = {64};
    shape.insert(shape.end(), graph.input_shape().begin(), graph.input_shape().end());
    return at::rand(shape);
  }
  return make_batch(*dataset, batches_in_order(*dataset, most_images).front()).inputs;
}

// Node by node: a predictor folds norms itself, and would hide what folding does.
Tensor logits_of(const Model& model, const Tensor& images) {
  constexpr int64_t at_once = 64;
  const at::NoGradGuard no_gradient;
  const Network network(model);
  std::vector<Tensor> parts;
  for (const Tensor& part : images.split(at_once)) {
    parts.push_back(network.forward(part, {"logits"}).at("logits"));
  }
  return at::cat(parts);
}

// The file under another name until it has proved itself; removed when it does not.
class Unproven {
 public:
  explicit Unproven(const Path& path) : path_(path), unproven_(path) {
    unproven_.replace_filename("." + path.filename().string() + ".unproven.onnx");
  }
  ~Unproven() {
    std::error_code ignored;
    std::filesystem::remove(unproven_, ignored);
  }
  Unproven(const Unproven&) = delete;
  Unproven& operator=(const Unproven&) = delete;
  const Path& path() const { return unproven_; }
  void keep() const {
    std::error_code error;
    std::filesystem::rename(unproven_, path_, error);
    if (!error) return;
    throw Error(ExitCode::resources,
                fmt::format("{}: cannot write: {}", path_.string(), error.message()));
  }
  // Does `work`; its errors tell the file's own name.
  template <class Work>
  auto under_its_name(const Work& work) const {
    try {
      return work();
    } catch (const Error& error) {
      std::string text = error.what();
      const size_t place = text.find(unproven_.string());
      if (place == std::string::npos) throw;
      throw Error(error.code(), text.replace(place, unproven_.string().size(), path_.string()));
    }
  }

 private:
  Path path_, unproven_;
};

}  // namespace

ExportCheck export_onnx(const Path& model, const Path& onnx, const Dataset* images,
                        const ExportForm& form) {
  const Model original = open_model(model);
  std::error_code not_there;
  if (std::filesystem::equivalent(model, onnx, not_there)) {
    throw Error(ExitCode::usage,
                fmt::format("{}: would overwrite the model itself", onnx.string()));
  }
  const Unproven file(onnx);
  std::map<std::string, std::string> notes;
  if (form.fold) notes["retort.batch_norm"] = "\"folded\"";
  file.under_its_name([&] {
    write_onnx(file.path(), form.fold ? folded(original) : original, notes,
               form.softmax ? OnnxOutput::probabilities : OnnxOutput::logits);
  });
  const Tensor inputs = images_for(original.graph, images);
  const double difference =
      (logits_of(original, inputs) - logits_of(read_onnx(file.path()), inputs))
          .abs()
          .max()
          .item<double>();
  if (!std::isfinite(difference)) {
    throw Error(ExitCode::verification,
                fmt::format("{}: its logits are no finite numbers; the export is not kept",
                            model.string()));
  }
  if (difference > most_export_difference) {
    throw Error(
        ExitCode::verification,
        fmt::format("{}: its logits differ from those of {} by up to {:.3g}, wanted at most "
                    "{:g}; it is not kept",
                    onnx.string(), model.string(), difference, most_export_difference));
  }
  file.keep();
  return {difference, inputs.size(0), images == nullptr};
}

}  // namespace retort
