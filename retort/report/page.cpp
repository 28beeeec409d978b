#include <fmt/format.h>

#include "retort/report/escape.hpp"
#include "retort/report/frame.hpp"
#include "retort/report/report.hpp"
#include "retort/report/sections.hpp"

namespace retort {
namespace {

struct Section {
  const char* id;
  const char* heading;
  std::string (*html)(const RunResult&);
};

// In the order of the page.
constexpr Section all_sections[] = {
    {"models", "The models", models_html},
    {"agreement", "Agreement with the teacher", agreement_html},
    {"curves", "Learning curves", learning_curves_html},
    {"classes", "Errors by class", class_errors_html},
    {"confusion", "What is taken for what", confusion_html},
    {"calibration", "Calibration", calibration_html},
    {"wrong", "What the student gets wrong", wrong_images_html},
    {"time", "Where the training time went", time_html},
    {"settings", "Settings", settings_html},
    {"environment", "Environment", environment_html},
};

std::string warnings_html(const RunResult& result) {
  constexpr size_t most = 500;  // characters of a warning
  std::string items;
  for (const std::string& warning : result.warnings) {
    items += fmt::format("<li>{}</li>", name_html(warning, most));
  }
  for (const ModelResult& model : result.models) {
    for (const std::string& warning : model.training.warnings) {
      items += fmt::format("<li>{}: {}</li>", name_html(model.name), name_html(warning, most));
    }
  }
  return items.empty() ? "" : fmt::format("<ul class=\"warnings\">{}</ul>", items);
}

}  // namespace

std::string report_html(const RunResult& result) {
  PageParts parts{.title = shortened(result.experiment, 100) + " – Retort",
                  .name_html = name_html(result.experiment, 100),
                  .status = result.status == "done" ? "" : shortened(result.status, 100),
                  .summary = summary_sentence(result),
                  .brought = distillation_sentence(result),
                  .header_html = errors_html(result),
                  .warnings_html = warnings_html(result),
                  .sections = {},
                  .footer = fmt::format("Written by Retort {}. The numbers stand in result.json, "
                                        "beside this page.",
                                        result.environment.retort)};
  for (const Section& section : all_sections) {
    parts.sections.push_back({section.id, section.heading, section.html(result)});
  }
  return framed_page(parts);
}

}  // namespace retort
