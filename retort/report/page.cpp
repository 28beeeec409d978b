#include <fmt/format.h>

#include "retort/report/escape.hpp"
#include "retort/report/frame.hpp"
#include "retort/report/report.hpp"
#include "retort/report/sections.hpp"

namespace retort {
namespace {

constexpr size_t most_of_warning = 500;  // characters

struct Section {
  const char* id;
  const char* heading;
  std::string (*html)(const RunResult&);
};

// In the order of the page.
constexpr Section all_sections[] = {
    {"models", "The models", models_html},
    {"elsewhere", "On other data", other_tests_html},
    {"merged", "Teachers of different classes", merged_html},
    {"chosen", "Images that were chosen", chosen_images_html},
    {"expected", "Expected numbers", expected_html},
    {"adjusted", "Biases fitted without labels", adjusted_html},
    {"agreement", "Agreement with teacher and twin", agreement_html},
    {"targets", "What the teacher knows", teacher_knowledge_html},
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
  std::vector<std::string> warnings;
  for (const std::string& warning : result.warnings) {
    warnings.push_back(name_html(warning, most_of_warning));
  }
  for (const ModelResult& model : result.models) {
    for (const std::string& warning : model.training.warnings) {
      warnings.push_back(
          fmt::format("{}: {}", name_html(model.name), name_html(warning, most_of_warning)));
    }
  }
  return warning_list_html(warnings);
}

}  // namespace

std::string report_html(const RunResult& result) {
  Page page{.title = shortened(result.experiment, 100) + " – Retort",
            .name_html = name_html(result.experiment, 100),
            .status = result.status == "done" ? "" : shortened(result.status, 100),
            .summary = summary_sentence(result),
            .second = distillation_sentence(result),
            .head_html = errors_html(result) + "\n" + warnings_html(result),
            .sections = {},
            .version = result.environment.retort,
            .source = "The numbers stand in result.json, beside this page."};
  for (const Section& section : all_sections) {
    page.sections.push_back({section.id, section.heading, section.html(result)});
  }
  return page_html(page);
}

}  // namespace retort
