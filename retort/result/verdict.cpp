#include <fmt/format.h>

#include <cmath>

#include "retort/result/run_result.hpp"

namespace retort {

std::string band_text(const Verdict& verdict) {
  if (std::isinf(verdict.least)) return fmt::format("at most {:.6g}", verdict.most);
  if (std::isinf(verdict.most)) return fmt::format("at least {:.6g}", verdict.least);
  return fmt::format("{:.6g} to {:.6g}", verdict.least, verdict.most);
}

}  // namespace retort
