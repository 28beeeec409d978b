#include "retort/predict/merged.hpp"

#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>
#include <ATen/ops/index_select.h>
#include <ATen/ops/tensor.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "retort/predict/wrapped_predictor.hpp"

namespace retort {
namespace {

constexpr std::string_view at_temperature = "logits_at_";

class Widened : public WrappedPredictor {
 public:
  Widened(std::shared_ptr<const Predictor> inner, Classes all, KnownClasses known)
      : WrappedPredictor(std::move(inner)), all_(std::move(all)), known_(std::move(known)) {}

  NamedTensors predict(const Tensor& images, const Names& wanted) const override {
    constexpr double never = -1e4;
    NamedTensors values = inner().predict(images, wanted);
    if (const Tensor* logits = values.find("logits")) {
      Tensor wide =
          at::full({logits->size(0), static_cast<int64_t>(all_.size())}, never, logits->options());
      wide.index_copy_(1, at::tensor(known_.classes, at::kLong),
                       at::index_select(*logits, 1, at::tensor(known_.outputs, at::kLong)));
      values.set("logits", wide);
    }
    return values;
  }
  std::vector<OutputInfo> outputs() const override { return {{"logits", logits_shape()}}; }
  const Classes& classes() const override { return all_; }
  Shape logits_shape() const override { return {static_cast<int64_t>(all_.size())}; }
  Fingerprint fingerprint() const override {
    return fingerprint_of("widened\n" + inner().fingerprint().text() + join(all_, "\n"));
  }

 private:
  Classes all_;
  KnownClasses known_;
};

class Merged : public Predictor {
 public:
  Merged(Merge merge, MergeFit fit) : merge_(std::move(merge)), fit_(std::move(fit)) {}

  NamedTensors predict(const Tensor& images, const Names& wanted) const override {
    return predict_batch({images, {}, {}}, wanted);
  }

  NamedTensors predict_batch(const Batch& batch, const Names& wanted) const override {
    const MembersSaid said = said_of(merge_, batch);
    NamedTensors values;
    for (const std::string& name : wanted) values.set(name, answer(said, name).to(at::kFloat));
    return values;
  }

  std::vector<OutputInfo> outputs() const override {
    int64_t width = 0;
    for (const MergeMember& member : merge_.members) {
      width += static_cast<int64_t>(
          known_classes(member.predictor->classes(), merge_.classes, member.name).classes.size());
    }
    return {{"logits", logits_shape()}, {"block_logits", {width}}};
  }
  const Shape& input_shape() const override { return merge_.members[0].predictor->input_shape(); }
  const Classes& classes() const override { return merge_.classes; }
  Shape logits_shape() const override { return {static_cast<int64_t>(merge_.classes.size())}; }
  Shape output_shape(const std::string& name) const override {
    if (temperature_of(name) > 0) return logits_shape();
    return Predictor::output_shape(name);
  }

  Fingerprint fingerprint() const override {
    std::string text = "merged\n" + rule_text(merge_.rule) + join(merge_.classes, "\n");
    const auto add = [&](const std::string& name, const std::shared_ptr<const Predictor>& one) {
      text +=
          fmt::format("\n{} {} {}", name, one->fingerprint().text(), join(one->classes(), "\n"));
    };
    for (const MergeMember& member : merge_.members) add(member.name, member.predictor);
    if (merge_.gate) add("gate", merge_.gate);
    for (const auto* values : {&fit_.scales, &fit_.biases, &fit_.gate_biases}) {
      text += fmt::format("\n{}", fmt::join(*values, " "));
    }
    return fingerprint_of(text);
  }

  std::shared_ptr<const Predictor> in_bf16() const override {
    Merge merge = merge_;
    bool gains = false;
    const auto make_quicker = [&](std::shared_ptr<const Predictor>& one) {
      const auto quicker = one ? one->in_bf16() : nullptr;
      gains = gains || quicker;
      if (quicker) one = quicker;
    };
    for (MergeMember& member : merge.members) make_quicker(member.predictor);
    make_quicker(merge.gate);
    return gains ? std::make_shared<Merged>(std::move(merge), fit_) : nullptr;
  }

 private:
  // At which its answer of this name is a distribution; 0: at none.
  static double temperature_of(const std::string& name) {
    double temperature = name == "logits" ? 1 : 0;
    if (name.starts_with(at_temperature)) {
      std::from_chars(name.data() + at_temperature.size(), name.data() + name.size(), temperature);
    }
    return temperature;
  }

  Tensor answer(const MembersSaid& said, const std::string& name) const {
    if (name == "block_logits") return at::cat(said.logits, 1);
    const double temperature = temperature_of(name);
    if (!(temperature > 0)) {
      throw Error(ExitCode::model, fmt::format("a merged teacher has no \"{}\"; it answers logits, "
                                               "logits_at_T and block_logits",
                                               printable(name)));
    }
    return merged_logits(said, merge_.rule, fit_, temperature);
  }

  Merge merge_;
  MergeFit fit_;
};

void check_all_are_known(const Merge& merge) {
  std::vector<std::string> missing;
  for (const std::string& name : merge.classes) {
    const bool known =
        std::any_of(merge.members.begin(), merge.members.end(), [&](const MergeMember& member) {
          const Classes& theirs = member.predictor->classes();
          return std::find(theirs.begin(), theirs.end(), name) != theirs.end();
        });
    if (!known) missing.push_back("'" + printable(name) + "'");
  }
  if (missing.empty()) return;
  throw Error(ExitCode::usage, fmt::format("no merged teacher knows {}", join(missing)));
}

}  // namespace

KnownClasses known_classes(const Classes& of_model, const Classes& all, const std::string& where) {
  KnownClasses known;
  for (size_t i = 0; i < of_model.size(); ++i) {
    const auto found = std::find(all.begin(), all.end(), of_model[i]);
    if (found == all.end()) continue;
    known.outputs.push_back(static_cast<int64_t>(i));
    known.classes.push_back(found - all.begin());
  }
  if (!known.classes.empty()) return known;
  const auto few = [](const Classes& names) {
    const size_t shown = std::min<size_t>(names.size(), 5);
    const Classes first(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(shown));
    return printable(join(first)) + (shown < names.size() ? ", ..." : "");
  };
  throw Error(ExitCode::usage,
              fmt::format("{}: no class in common: it knows {}; the data have {}; rename says that "
                          "two names mean the same",
                          where, of_model.empty() ? "no names" : few(of_model), few(all)));
}

std::shared_ptr<const Predictor> widened(std::shared_ptr<const Predictor> predictor,
                                         const Classes& all, const std::string& where) {
  KnownClasses known = known_classes(predictor->classes(), all, where);
  return std::make_shared<Widened>(std::move(predictor), all, std::move(known));
}

MembersSaid said_of(const Merge& merge, const Batch& batch) {
  MembersSaid said;
  said.classes = static_cast<int64_t>(merge.classes.size());
  for (const MergeMember& member : merge.members) {
    const KnownClasses known =
        known_classes(member.predictor->classes(), merge.classes, member.name);
    const Tensor logits = member.predictor->predict(batch.inputs, {"logits"}).at("logits");
    said.logits.push_back(
        at::index_select(logits, 1, at::tensor(known.outputs, at::kLong)).to(at::kDouble));
    said.blocks.push_back(known.classes);
  }
  if (merge.gate) said.told = merge.gate->predict(batch.inputs, {"logits"}).at("logits");
  if (const Tensor* pools = batch.targets.find("pool")) said.pools = *pools;
  return said;
}

std::shared_ptr<const Predictor> merged(Merge merge, MergeFit fit) {
  check_all_are_known(merge);
  if (merge.members.size() == 1) {
    const MergeMember& only = merge.members.front();
    if (only.predictor->classes().size() == merge.classes.size()) {
      return with_classes(only.predictor, merge.classes, only.name);
    }
    return widened(only.predictor, merge.classes, only.name);
  }
  if (merge.gate) {
    Classes names;
    for (const MergeMember& member : merge.members) names.push_back(member.name);
    merge.gate = with_classes(merge.gate, names, "gate");
  }
  return std::make_shared<Merged>(std::move(merge), std::move(fit));
}

std::string logits_name_at(double temperature) {
  return fmt::format("{}{}", at_temperature, temperature);
}

}  // namespace retort
