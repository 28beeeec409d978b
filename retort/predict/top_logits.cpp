#include "retort/predict/top_logits.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/logsumexp.h>
#include <ATen/ops/topk.h>
#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <limits>

#include "retort/predict/wrapped_predictor.hpp"

namespace retort {
namespace {

constexpr std::string_view begins = "logits_top", at = "_at_";

class WithTopLogits : public WrappedPredictor {
 public:
  using WrappedPredictor::WrappedPredictor;

  NamedTensors predict(const Tensor& images, const Names& wanted) const override {
    return predict_batch({images, {}, {}}, wanted);
  }

  NamedTensors predict_batch(const Batch& batch, const Names& wanted) const override {
    Names asked;
    for (const std::string& name : wanted) {
      asked.push_back(TopLogits::of_name(name).count > 0 ? "logits" : name);
    }
    const NamedTensors said = inner().predict_batch(batch, asked);
    NamedTensors values;
    for (size_t i = 0; i < wanted.size(); ++i) {
      const TopLogits top = TopLogits::of_name(wanted[i]);
      const Tensor& value = said.at(asked[i]);
      values.set(wanted[i], top.count > 0 ? top_of(value, top) : value);
    }
    return values;
  }

  Shape output_shape(const std::string& name) const override {
    const TopLogits top = TopLogits::of_name(name);
    return top.count > 0 ? Shape{top.width()} : inner().output_shape(name);
  }
};

}  // namespace

std::string TopLogits::name() const {
  return fmt::format("{}{}{}{}", begins, count, at, temperature);
}

TopLogits TopLogits::of_name(const std::string& name) {
  const size_t middle = name.find(at);
  if (!name.starts_with(begins) || middle == std::string::npos) return {};
  TopLogits top;
  std::from_chars(name.data() + begins.size(), name.data() + middle, top.count);
  std::from_chars(name.data() + middle + at.size(), name.data() + name.size(), top.temperature);
  return top.count > 0 && top.name() == name ? top : TopLogits{};
}

Tensor top_of(const Tensor& logits, const TopLogits& top) {
  const auto [largest, classes] = at::topk(logits, top.count, 1);
  constexpr double never = -std::numeric_limits<double>::infinity();
  const Tensor others = (logits / top.temperature).scatter(1, classes, never);
  return at::cat({largest, classes.to(logits.scalar_type()), at::logsumexp(others, 1, true)}, 1);
}

Tensor logits_of_top(const Tensor& rows, int64_t classes, const TopLogits& top) {
  const Tensor largest = rows.narrow(1, 0, top.count);
  const Tensor numbers = rows.narrow(1, top.count, top.count).to(at::kLong);
  const Tensor of_others = rows.narrow(1, 2 * top.count, 1);
  const double others = std::log(static_cast<double>(classes - top.count));
  return ((of_others - others) * top.temperature)
      .expand({rows.size(0), classes})
      .scatter(1, numbers, largest);
}

TopLoss top_loss(const Tensor& logits, const TopLogits& top) {
  const Tensor whole = logits.to(at::kDouble);
  const Tensor kept = logits_of_top(top_of(whole, top), whole.size(1), top);
  const Tensor said = at::log_softmax(whole / top.temperature, 1);
  const Tensor lost =
      (said.exp() * (said - at::log_softmax(kept / top.temperature, 1))).sum(1).clamp_min(0);
  const auto [largest, classes] = at::topk(said, top.count, 1);
  return {lost.mean().item<double>(), lost.max().item<double>(),
          1 - largest.exp().sum(1).mean().item<double>()};
}

std::shared_ptr<const Predictor> with_top_logits(std::shared_ptr<const Predictor> predictor) {
  return std::make_shared<WithTopLogits>(std::move(predictor));
}

}  // namespace retort
