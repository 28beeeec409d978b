#include <ATen/ops/index_select.h>
#include <ATen/ops/tensor.h>
#include <fmt/format.h>

#include <algorithm>

#include "retort/predict/wrapped_predictor.hpp"

namespace retort {
namespace {

// At most five names of `from` that are not in `others`.
std::string missing_in(const Classes& others, const Classes& from) {
  std::vector<std::string> missing;
  for (const std::string& name : from) {
    if (std::find(others.begin(), others.end(), name) == others.end()) {
      missing.push_back("'" + printable(name) + "'");
    }
  }
  if (missing.empty()) return "none";
  const size_t shown = std::min<size_t>(missing.size(), 5);
  const std::string more =
      missing.size() > shown ? fmt::format(" and {} more", missing.size() - shown) : "";
  return join({missing.begin(), missing.begin() + static_cast<std::ptrdiff_t>(shown)}) + more;
}

class ReorderedPredictor : public WrappedPredictor {
 public:
  ReorderedPredictor(std::shared_ptr<const Predictor> inner, Classes classes, Tensor order)
      : WrappedPredictor(std::move(inner)),
        classes_(std::move(classes)),
        order_(std::move(order)) {}

  NamedTensors predict(const Tensor& images, const Names& wanted) const override {
    NamedTensors values = inner().predict(images, wanted);
    if (const Tensor* logits = values.find("logits")) {
      values.set("logits", at::index_select(*logits, 1, order_));
    }
    return values;
  }
  const Classes& classes() const override { return classes_; }
  Fingerprint fingerprint() const override {
    return fingerprint_of(inner().fingerprint().text() + join(classes_, "\n"));
  }
  std::shared_ptr<const Predictor> in_bf16() const override {
    const auto quicker = inner().in_bf16();
    return quicker ? std::make_shared<ReorderedPredictor>(quicker, classes_, order_) : nullptr;
  }

 private:
  Classes classes_;
  Tensor order_;
};

// A predictor of a file without class names: they are those of the data, in its order.
class NamedPredictor : public WrappedPredictor {
 public:
  NamedPredictor(std::shared_ptr<const Predictor> inner, Classes classes)
      : WrappedPredictor(std::move(inner)), classes_(std::move(classes)) {}

  NamedTensors predict(const Tensor& images, const Names& wanted) const override {
    return inner().predict(images, wanted);
  }
  const Classes& classes() const override { return classes_; }
  Fingerprint fingerprint() const override { return inner().fingerprint(); }
  std::shared_ptr<const Predictor> in_bf16() const override {
    const auto quicker = inner().in_bf16();
    return quicker ? std::make_shared<NamedPredictor>(quicker, classes_) : nullptr;
  }

 private:
  Classes classes_;
};

}  // namespace

std::vector<int64_t> class_order(const Classes& wanted, const Classes& available,
                                 const std::string& where) {
  std::vector<int64_t> order;
  for (const std::string& name : wanted) {
    const auto found = std::find(available.begin(), available.end(), name);
    if (found == available.end() || wanted.size() != available.size()) {
      throw Error(ExitCode::usage,
                  fmt::format("{}: the classes differ: wanted {}, the model has {}; missing in the "
                              "model: {}; unknown to the data: {}",
                              where, wanted.size(), available.size(), missing_in(available, wanted),
                              missing_in(wanted, available)));
    }
    order.push_back(found - available.begin());
  }
  return order;
}

std::shared_ptr<const Predictor> with_classes(std::shared_ptr<const Predictor> predictor,
                                              const Classes& classes, const std::string& where) {
  const bool unnamed = predictor->classes().empty() &&
                       predictor->logits_shape() == Shape{static_cast<int64_t>(classes.size())};
  if (unnamed) return std::make_shared<NamedPredictor>(std::move(predictor), classes);
  if (predictor->classes() == classes) return predictor;
  const std::vector<int64_t> order = class_order(classes, predictor->classes(), where);
  return std::make_shared<ReorderedPredictor>(std::move(predictor), classes,
                                              at::tensor(order, at::kLong));
}

}  // namespace retort
