#include "retort/predict/predictor.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace retort {

Shape Predictor::output_shape(const std::string& name) const {
  if (name == "logits") return logits_shape();
  const std::vector<OutputInfo> known = outputs();
  const auto found = std::find_if(known.begin(), known.end(),
                                  [&](const OutputInfo& one) { return one.name == name; });
  if (found != known.end()) return found->shape;
  std::vector<std::string> names = {"logits"};
  for (const OutputInfo& one : known) names.push_back(one.name);
  throw Error(ExitCode::model,
              fmt::format("no output '{}' to record{}", printable(name), suggest(name, names)));
}

}  // namespace retort
