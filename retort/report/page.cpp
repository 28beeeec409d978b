#include <fmt/format.h>

#include <cassert>
#include <kainjow/mustache.hpp>

#include "retort/report/escape.hpp"
#include "retort/report/report.hpp"
#include "retort/report/sections.hpp"

namespace retort {
namespace {

namespace mustache = kainjow::mustache;

// {{a}} is escaped by our own function, {{{a}}} is HTML already.
constexpr auto frame = R"html(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{{title}}</title>
<link rel="icon" href="data:,">
<style>{{{style}}}</style>
</head>
<body>
<header>
<h1>{{{name}}}{{#status}} <small>{{status}}</small>{{/status}}</h1>
<p class="summary">{{summary}}</p>
{{#brought}}<p class="brought">{{brought}}</p>
{{/brought}}{{{errors}}}
{{{warnings}}}
</header>
<main>
{{#sections}}<section id="{{id}}">
<h2>{{heading}}</h2>
{{{body}}}
</section>
{{/sections}}</main>
<footer>Written by Retort {{version}}. The numbers stand in result.json, beside this page.</footer>
</body>
</html>
)html";

struct Section {
  const char* id;
  const char* heading;
  std::string (*html)(const RunResult&);
};

// In the order of the page.
constexpr Section all_sections[] = {
    {"models", "The models", models_html},
    {"expected", "Expected numbers", expected_html},
    {"adjusted", "Biases fitted without labels", adjusted_html},
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

mustache::data sections_of(const RunResult& result) {
  mustache::data sections(mustache::data::type::list);
  for (const Section& section : all_sections) {
    const std::string body = section.html(result);
    if (body.empty()) continue;
    mustache::data entry;
    entry.set("id", section.id);
    entry.set("heading", section.heading);
    entry.set("body", body);
    sections << entry;
  }
  return sections;
}

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
  mustache::data values;
  values.set("title", shortened(result.experiment, 100) + " – Retort");
  values.set("name", name_html(result.experiment, 100));
  if (result.status != "done") values.set("status", shortened(result.status, 100));
  values.set("style", page_style);
  values.set("summary", summary_sentence(result));
  values.set("brought", distillation_sentence(result));
  values.set("errors", errors_html(result));
  values.set("warnings", warnings_html(result));
  values.set("sections", sections_of(result));
  values.set("version", result.environment.retort);
  mustache::mustache page(frame);
  page.set_custom_escape([](const std::string& text) { return escaped(text); });
  assert(page.is_valid());
  return page.render(values);
}

}  // namespace retort
