#include <algorithm>

#include "retort/result/training_record.hpp"

namespace retort {

TimeSpent& TimeSpent::operator+=(const TimeSpent& more) {
  data += more.data;
  teacher += more.teacher;
  forward += more.forward;
  loss += more.loss;
  backward += more.backward;
  optimiser += more.optimiser;
  evaluation += more.evaluation;
  total += more.total;
  return *this;
}

std::vector<std::pair<std::string, double>> TimeSpent::parts() const {
  const double known = data + teacher + forward + loss + backward + optimiser + evaluation;
  return {{"forward", forward},
          {"loss", loss},
          {"backward", backward},
          {"optimiser", optimiser},
          {"data", data},
          {"teacher", teacher},
          {"evaluation", evaluation},
          {"other", std::max(0.0, total - known)}};
}

}  // namespace retort
