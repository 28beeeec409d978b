#include "retort/train/student_average.hpp"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/lerp.h>

#include <algorithm>

namespace retort {
namespace {

NamedTensors copies_of(const NamedTensors& tensors) {
  NamedTensors copies;
  for (const auto& [name, tensor] : tensors) copies.set(name, tensor.detach().clone());
  return copies;
}

// Other weights in a model's place, as long as this lives.
class Replaced {
 public:
  Replaced(const NamedTensors& model, const NamedTensors& others)
      : model_(model), own_(copies_of(model)) {
    copy_values(others, model_);
  }
  ~Replaced() { copy_values(own_, model_); }
  Replaced(const Replaced&) = delete;
  Replaced& operator=(const Replaced&) = delete;

 private:
  NamedTensors model_, own_;
};

}  // namespace

StudentAverage::StudentAverage(StudentAverageSettings settings, Names wanted, Trainable& student)
    : settings_(std::move(settings)),
      wanted_(std::move(wanted)),
      student_(student),
      average_(copies_of(student.state())) {}

NamedTensors StudentAverage::answers(const Tensor& images, bool bf16) {
  const at::NoGradGuard no_gradient;
  const Replaced averaged(student_.state(), average_);
  return student_.forward(images, wanted_, {.training = false, .bf16 = bf16});
}

void StudentAverage::follow(int64_t steps) {
  const at::NoGradGuard no_gradient;
  const auto n = static_cast<double>(steps);
  const double decay = std::min(settings_.decay, (1 + n) / (10 + n));
  for (const auto& [name, value] : student_.state()) {
    Tensor average = average_.at(name);
    if (value.is_floating_point()) {
      average.lerp_(value.detach(), 1 - decay);
    } else {
      average.copy_(value);
    }
  }
}

}  // namespace retort
