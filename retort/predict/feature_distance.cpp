#include "retort/predict/feature_distance.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/argmax.h>
#include <ATen/ops/argsort.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/linalg_cholesky.h>
#include <ATen/ops/linalg_solve_triangular.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>
#include <fmt/format.h>

#include <algorithm>

#include "retort/base/interrupt.hpp"
#include "retort/data/subset.hpp"

namespace retort {
namespace {

constexpr int64_t most_images = 10000;  // of a member
constexpr double shrinkage = 0.1;

struct Seen {
  Tensor features;  // [N, D] double
  Tensor answers;   // [N] int64
};

Seen seen_by(const Predictor& member, const Tensor& images) {
  const std::string name = member.features();
  const NamedTensors values = member.predict(images, {name, "logits"});
  Tensor features = values.at(name).to(at::kDouble);
  features = features.dim() == 4 ? features.mean({2, 3}) : features.flatten(1);
  return {features, at::argmax(values.at("logits"), 1)};
}

// What is known of one member's own images.
class OwnFeatures {
 public:
  explicit OwnFeatures(const Seen& own) {
    const Seen fitted = every_other(own, 0);
    const auto dimensions = fitted.features.size(1);
    std::vector<Tensor> means;
    Tensor scatter = at::zeros({dimensions, dimensions}, at::kDouble);
    for (int64_t c = 0; c <= fitted.answers.max().item<int64_t>(); ++c) {
      const Tensor of_class = fitted.features.index({fitted.answers.eq(c)});
      if (of_class.size(0) == 0) continue;
      means.push_back(of_class.mean(0));
      const Tensor centred = of_class - means.back();
      scatter += at::matmul(centred.t(), centred);
    }
    const Tensor identity = at::eye(dimensions, at::kDouble);
    const Tensor covariance = scatter / static_cast<double>(fitted.features.size(0));
    const Tensor mean_variance = covariance.diagonal().mean().clamp_min(1e-12);
    const Tensor root =
        at::linalg_cholesky((1 - shrinkage) * covariance + shrinkage * mean_variance * identity);
    whitening_ = at::linalg_solve_triangular(root, identity, /*upper=*/false).t().contiguous();
    means_ = at::matmul(at::stack(means), whitening_);
    const Tensor distances = squared_distance(every_other(own, 1).features);
    mean_ = distances.mean().item<double>();
    deviation_ = std::max(distances.std().item<double>(), 1e-12);
  }

  // [N]
  Tensor competence(const Tensor& features) const {
    return (mean_ - squared_distance(features)) / deviation_;
  }

  std::string bytes() const {
    std::string bytes = fmt::format("{} {}", mean_, deviation_);
    for (const Tensor& values : {means_, whitening_}) {
      bytes.append(static_cast<const char*>(values.const_data_ptr()), values.nbytes());
    }
    return bytes;
  }

 private:
  // Of every class: data may come in turns.
  static Seen every_other(const Seen& own, int64_t first) {
    const Tensor order = at::argsort(own.answers, /*stable=*/true, 0, /*descending=*/false);
    const Tensor half = order.slice(0, first, std::nullopt, 2);
    return {own.features.index_select(0, half), own.answers.index_select(0, half)};
  }

  Tensor squared_distance(const Tensor& features) const {
    const Tensor white = at::matmul(features, whitening_);
    const Tensor products = at::matmul(white, means_.t());
    const Tensor squares = (white * white).sum(1, /*keepdim=*/true);
    return (squares - 2 * products + (means_ * means_).sum(1)).amin(1);
  }

  Tensor whitening_;  // [D, D]
  Tensor means_;      // [classes, D], whitened
  double mean_ = 0;
  double deviation_ = 1;
};

class FeatureDistance : public Predictor {
 public:
  FeatureDistance(std::vector<MergeMember> members, std::vector<OwnFeatures> own)
      : members_(std::move(members)), own_(std::move(own)) {
    for (const MergeMember& member : members_) names_.push_back(member.name);
  }

  NamedTensors predict(const Tensor& images, const Names& wanted) const override {
    std::vector<Tensor> scores;
    for (size_t m = 0; m < members_.size(); ++m) {
      scores.push_back(own_[m].competence(seen_by(*members_[m].predictor, images).features));
    }
    NamedTensors values;
    for (const std::string& name : wanted) values.set(name, at::stack(scores, 1).to(at::kFloat));
    return values;
  }
  std::vector<OutputInfo> outputs() const override { return {{"logits", logits_shape()}}; }
  const Shape& input_shape() const override { return members_[0].predictor->input_shape(); }
  const Classes& classes() const override { return names_; }
  Shape logits_shape() const override { return {static_cast<int64_t>(names_.size())}; }

  Fingerprint fingerprint() const override {
    std::string bytes = "feature distance\n";
    for (size_t m = 0; m < members_.size(); ++m) {
      bytes += members_[m].name + "\n" + members_[m].predictor->fingerprint().text();
      bytes += own_[m].bytes();
    }
    return fingerprint_of(bytes);
  }

 private:
  std::vector<MergeMember> members_;
  std::vector<OwnFeatures> own_;
  Classes names_;
};

Seen seen_of(const MergeMember& member, const Dataset& images) {
  constexpr int64_t batch_size = 500;
  std::vector<Tensor> features, answers;
  for (int64_t first = 0; first < images.size(); first += batch_size) {
    stop_if_requested();
    std::vector<SampleKey> keys;
    for (int64_t i = first; i < std::min(first + batch_size, images.size()); ++i) {
      keys.push_back({.index = i});
    }
    const Seen seen = seen_by(*member.predictor, make_batch(images, std::move(keys)).inputs);
    features.push_back(seen.features);
    answers.push_back(seen.answers);
  }
  return {at::cat(features), at::cat(answers)};
}

[[noreturn]] void refuse_features(const std::string& member) {
  throw Error(ExitCode::usage, fmt::format("\"{}\" is no network with one last layer, whose "
                                           "features could be compared; wanted another gate",
                                           member));
}

}  // namespace

void check_features(const Graph& member, const std::string& name) {
  constexpr int64_t most = 8192;  // half a gigabyte of covariance
  const std::string features = member.nodes().empty() ? "" : member.features();
  if (features.empty()) refuse_features(name);
  const Shape& shape = member.shape(features);
  const int64_t width = shape.size() == 3 ? shape[0] : element_count(shape);
  if (width <= most) return;
  throw Error(ExitCode::usage, fmt::format("the last layer of \"{}\" reads {} numbers, and {} are "
                                           "the most that are compared; wanted another gate",
                                           name, width, most));
}

std::shared_ptr<const Predictor> feature_distance(std::vector<MergeMember> members,
                                                  const DatasetPointer& own) {
  std::vector<std::vector<int64_t>> of_members(members.size());
  for (int64_t i = 0; i < own->size(); ++i) {
    of_members.at(static_cast<size_t>(own->label(i))).push_back(i);
  }
  std::vector<OwnFeatures> features;
  for (size_t m = 0; m < members.size(); ++m) {
    if (members[m].predictor->features().empty()) refuse_features(members[m].name);
    std::vector<int64_t>& all = of_members[m];
    const auto count = static_cast<int64_t>(all.size());
    if (count < feature_distance_images) {
      throw Error(ExitCode::usage,
                  fmt::format("feature_distance wants {} labelled images of {}'s classes or more, "
                              "got {}",
                              feature_distance_images, members[m].name, count));
    }
    const int64_t kept = std::min(count, most_images);
    std::vector<int64_t> some;
    for (int64_t i = 0; i < kept; ++i) some.push_back(all[static_cast<size_t>(i * count / kept)]);
    features.emplace_back(seen_of(members[m], *subset(own, some)));
  }
  return std::make_shared<FeatureDistance>(std::move(members), std::move(features));
}

}  // namespace retort
