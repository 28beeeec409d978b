#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "retort/config/field.hpp"
#include "retort/tensor/named_tensors.hpp"

namespace retort {

/// One tensor that is trained.
struct Parameter {
  std::string name;
  Tensor value;
  bool decays = true;  // weight decay touches it: weights yes, biases no
};

/// Stochastic gradient descent with momentum (Sutskever et al. 2013).
struct Sgd {
  static constexpr std::string_view kind = "sgd";
  static constexpr std::string_view help = "stochastic gradient descent with momentum";
  double momentum = 0.9;
  bool nesterov = false;
  void describe(FieldVisitor& visitor);
};

/// Kingma, Ba 2015; weight decay is added to the gradient.
struct Adam {
  static constexpr std::string_view kind = "adam";
  static constexpr std::string_view help = "Adam; weight decay is added to the gradient";
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  void describe(FieldVisitor& visitor);
};

/// Loshchilov, Hutter 2019; weight decay shrinks the weights directly.
struct AdamW {
  static constexpr std::string_view kind = "adamw";
  static constexpr std::string_view help = "Adam whose weight decay shrinks the weights directly";
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  void describe(FieldVisitor& visitor);
};

/// A row of the table of optimisers.
using OptimiserKind = std::variant<Sgd, Adam, AdamW>;

/// Steps parameters by their gradients, with LibTorch's fused operators: one pass over the memory.
class Optimiser {
 public:
  Optimiser(OptimiserKind kind, std::vector<Parameter> parameters, double weight_decay);
  /// One step with the gradients that the parameters hold; where there is none it counts as 0.
  void step(double learning_rate);
  void clear_gradients();
  /// Scales all gradients so that their norm over all parameters is at most `norm`; returns the
  /// norm before.
  double clip_gradients(double norm);
  const std::vector<Parameter>& parameters() const { return parameters_; }

  /// What the next step needs beside the parameters: "first_moment/NAME", ... These are the tensors
  /// themselves, not copies.
  NamedTensors state() const;
  /// Goes on from a state. Throws Error (model) when it is not one of this optimiser's.
  void load_state(const NamedTensors& state);

 private:
  struct Group {
    Names names;
    std::vector<Tensor> values, first_moments, second_moments, steps;
    double weight_decay = 0;
  };
  void step_group(Group& group, double learning_rate);

  OptimiserKind kind_;
  std::vector<Parameter> parameters_;
  std::vector<Group> groups_;
  Tensor steps_done_;  // a single number
};

/// Scales every row of a matrix that is longer than `norm` (Euclidean) back to it: each row is what
/// comes into one unit (Srivastava et al. 2014, "Dropout", section 5.1). Vectors stay.
void limit_norms(const std::vector<Parameter>& parameters, double norm);

}  // namespace retort
