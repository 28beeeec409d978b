#include <fmt/format.h>

#include "retort/report/escape.hpp"
#include "retort/report/number_words.hpp"
#include "retort/report/sections.hpp"

namespace retort {
namespace {

std::string fact(std::string_view what, std::string_view text) {
  if (text.empty()) return "";
  return fmt::format("<dt>{}</dt><dd>{}</dd>", what, name_html(text, 200));
}

}  // namespace

std::string settings_html(const RunResult& result) {
  if (result.experiment_text.empty()) return "";
  return fmt::format(
      "<details><summary>The experiment file with every default written out</summary>"
      "<pre>{}</pre></details>",
      escaped(result.experiment_text));
}

std::string environment_html(const RunResult& result) {
  const Environment& environment = result.environment;
  std::string facts = fact("retort", environment.retort) + fact("LibTorch", environment.libtorch) +
                      fact("compiler", environment.compiler) + fact("processor", environment.cpu) +
                      fact("numbers", environment.dtype);
  if (environment.threads > 0) facts += fact("threads", thousands(environment.threads));
  facts += fact("seed", fmt::format("{}", result.seed));
  if (result.export_difference >= 0) {
    // Older records do not say how many.
    const std::string images =
        result.export_images > 0 ? thousands(result.export_images) + " test images" : "the images";
    facts += fact("student.onnx",
                  fmt::format("differs from the student by at most {} in any logit of {}",
                              significant(result.export_difference), images));
  }
  return "<dl>" + facts + "</dl>";
}

}  // namespace retort
