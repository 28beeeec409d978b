#include <fmt/format.h>

#include "retort/report/curves.hpp"
#include "retort/report/page_models.hpp"
#include "retort/report/sections.hpp"

namespace retort {
namespace {

std::vector<Curve> curves_of(const Models& models, Reading reading) {
  std::vector<Curve> curves;
  for (const ModelResult* model : models) {
    Curve curve{.classes = std::string(role_class(model->role)),
                .title = {},
                .points = points_of(model->training, reading, Progress::epochs)};
    if (!curve.points.empty()) curves.push_back(std::move(curve));
  }
  return curves;
}

}  // namespace

std::string learning_curves_html(const RunResult& result) {
  const Models models = page_order(result);
  const std::vector<Curve> errors = curves_of(models, validation_error);
  const std::vector<Curve> losses = curves_of(models, training_loss);
  if (errors.empty() && losses.empty()) return "";
  Models drawn = models;
  std::erase_if(drawn, [](const ModelResult* model) { return model->training.epochs.empty(); });
  std::string panels;
  if (!errors.empty()) {
    panels += curves_html("Validation error", errors, Progress::epochs, false, percent_tick);
  }
  if (!losses.empty()) {
    panels += curves_html("Training loss", losses, Progress::epochs, false, loss_tick);
  }
  return fmt::format(
      "{}<div class=\"panels\">{}</div><p class=\"note\">{}The loss is the weighted sum of each "
      "model’s own objective: compare its course, not its height.</p>{}",
      legend_html(drawn), panels,
      errors.empty() ? "No validation split was measured during training. " : "",
      terms_html(result));
}

}  // namespace retort
