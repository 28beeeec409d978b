#include "retort/predict/ensemble.hpp"

#include <ATen/ops/stack.h>
#include <fmt/format.h>

namespace retort {
namespace {

class Ensemble : public Predictor {
 public:
  Ensemble(std::vector<std::shared_ptr<const Predictor>> members, std::string_view mean)
      : members_(std::move(members)), mean_(mean) {}

  NamedTensors predict(const Tensor& images, const Names& wanted) const override {
    std::vector<Tensor> answers;
    for (const auto& member : members_) {
      answers.push_back(member->predict(images, {"logits"}).at("logits"));
    }
    const Tensor all = at::stack(answers, -1);
    const NamedTensors values = {{"logits", combined(all)}, {"member_logits", all}};
    NamedTensors result;
    for (const std::string& name : wanted) result.set(name, values.at(name));
    return result;
  }

  std::vector<OutputInfo> outputs() const override {
    Shape of_members = logits_shape();
    of_members.push_back(static_cast<int64_t>(members_.size()));
    return {{"logits", logits_shape()}, {"member_logits", of_members}};
  }
  const Shape& input_shape() const override { return members_.front()->input_shape(); }
  const Classes& classes() const override { return members_.front()->classes(); }
  Shape logits_shape() const override { return members_.front()->logits_shape(); }

  Fingerprint fingerprint() const override {
    std::string text = "mean of " + mean_;
    for (const auto& member : members_) text += "\n" + member->fingerprint().text();
    return fingerprint_of(text);
  }

  std::shared_ptr<const Predictor> in_bf16() const override {
    std::vector<std::shared_ptr<const Predictor>> members;
    bool gains = false;
    for (const auto& member : members_) {
      const auto quicker = member->in_bf16();
      gains = gains || quicker;
      members.push_back(quicker ? quicker : member);
    }
    return gains ? std::make_shared<Ensemble>(std::move(members), mean_) : nullptr;
  }

 private:
  Tensor combined(const Tensor& members) const {
    if (mean_ == mean_by_logits) return members.mean(-1);
    return mean_of_probabilities(members, 1).to(members.scalar_type());
  }

  std::vector<std::shared_ptr<const Predictor>> members_;
  std::string mean_;
};

}  // namespace

std::shared_ptr<const Predictor> ensemble_of(std::vector<std::shared_ptr<const Predictor>> members,
                                             std::string_view mean) {
  for (const auto& member : members) {
    if (member->input_shape() == members.front()->input_shape() &&
        member->logits_shape() == members.front()->logits_shape()) {
      continue;
    }
    throw Error(ExitCode::usage,
                fmt::format("wanted members of one size, got {} -> {} and {} -> {}",
                            shape_text(members.front()->input_shape()),
                            shape_text(members.front()->logits_shape()),
                            shape_text(member->input_shape()), shape_text(member->logits_shape())));
  }
  return std::make_shared<Ensemble>(std::move(members), mean);
}

}  // namespace retort
