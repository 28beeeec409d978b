#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "retort/report/axis.hpp"
#include "retort/report/escape.hpp"
#include "retort/report/number_words.hpp"
#include "retort/report/page_models.hpp"
#include "retort/report/sections.hpp"

namespace retort {
namespace {

std::string panel(const ModelResult& model) {
  const Axis across = round_axis(0, 1, 46, 236), up = round_axis(0, 1, 206, 16);
  Svg svg(256, 250, "reliability: accuracy by confidence");
  for (const double tick : {0.0, 0.5, 1.0}) {
    svg.line(across.start, up.at(tick), across.end, up.at(tick), "grid");
    svg.text(across.start - 6, up.at(tick) + 4, Anchor::end, percent(tick, 0));
    svg.text(across.at(tick), up.start + 17, Anchor::middle, percent(tick, 0));
  }
  svg.line(across.start, up.start, across.end, up.end, "ideal");
  svg.text((across.start + across.end) / 2, up.start + 34, Anchor::middle, "confidence", "axis");
  for (const Scores::Bin& bin : model.test.calibration) {
    if (bin.count <= 0 || !std::isfinite(bin.confidence) || !std::isfinite(bin.accuracy)) continue;
    const double x = across.at(std::clamp(bin.confidence, 0.0, 1.0));
    const double y = up.at(std::clamp(bin.accuracy, 0.0, 1.0));
    const double share = static_cast<double>(bin.count) / static_cast<double>(model.test.count);
    svg.line(x, up.at(std::clamp(bin.confidence, 0.0, 1.0)), x, y,
             fmt::format("gap {}", role_class(model.role)));
    svg.circle(x, y, std::max(2.5, 16 * std::sqrt(share)),
               fmt::format("bin {}", role_class(model.role)),
               fmt::format("{}: {} sure, {} right", counted(bin.count, "image", "images"),
                           percent(bin.confidence, 1), percent(bin.accuracy, 1)));
  }
  return fmt::format("<figure><figcaption>{} <small>ECE {}</small></figcaption>{}</figure>",
                     name_html(model.name), significant(model.test.ece), svg.html());
}

}  // namespace

std::string calibration_html(const RunResult& result) {
  std::string panels;
  for (const ModelResult* model : measured_models(result)) {
    if (!model->test.calibration.empty()) panels += panel(*model);
  }
  if (panels.empty()) return "";
  return fmt::format(
      "<p class=\"note\">Test images in 15 bins by the probability of their answer: how sure the "
      "model is, and how often it is right. On the dashed line both are the same; below it the "
      "model is too sure. The area of a point is its share of the images.</p>"
      "<div class=\"panels three\">{}</div>",
      panels);
}

}  // namespace retort
