#include <fmt/format.h>

#include "retort/report/escape.hpp"
#include "retort/report/frame.hpp"
#include "retort/report/number_words.hpp"
#include "retort/report/report.hpp"
#include "retort/report/sections.hpp"
#include "retort/report/soft_target_parts.hpp"

namespace retort {
namespace {

// What a soft target is and what T does, for somebody who has never heard of either.
std::string introduction(const SoftTargets& targets) {
  const int64_t label = targets.examples.empty() ? 0 : targets.examples.front().label;
  const std::string one = label < 0 ? "of this class" : one_of_class(targets, label);
  return fmt::format(
      "<p class=\"reading\">A label says one thing of an image: it is {}. That is a <b>hard "
      "label</b>. The teacher gives a probability to every class instead, and these are the "
      "image’s "
      "<b>soft target</b>. What it gives to the wrong classes is what it knows beyond the label: "
      "which classes are alike, and what this very image resembles. In distillation the student "
      "learns to give these probabilities too.</p>"
      "<p class=\"reading\">A good teacher is nearly certain, so its small probabilities hardly "
      "count beside the large one. The <b>temperature T</b> brings them out: the teacher’s "
      "outputs, "
      "its logits, are divided by T before they are made into probabilities. At T = 1 these are "
      "the teacher’s own. The higher T, the closer together they come, in the same order; at a "
      "very "
      "high T all classes have the same, and there is little left to learn.</p>",
      one);
}

std::string chosen_sentence(const SoftTargets& targets) {
  if (targets.temperature > 0) {
    return fmt::format("Here the student is taught at {}.", temperature_words(targets.temperature));
  }
  return fmt::format(
      "Here the student matches the teacher’s logits themselves, which is what distillation at a "
      "very high T comes to; {} below only shows them.",
      temperature_words(targets.similarity_temperature));
}

void add_part(std::string_view heading, const std::string& html, std::string& page) {
  if (!html.empty()) page += fmt::format("<h3>{}</h3>{}", heading, html);
}

std::string parts_html(const SoftTargets& targets) {
  std::string html;
  add_part(targets.examples.size() > 1 ? "Images and their soft targets"
                                       : "One image and its soft targets",
           soft_target_examples_html(targets), html);
  add_part("Same label, other knowledge", telling_pairs_html(targets), html);
  add_part("What the temperature does", temperature_curves_html(targets), html);
  add_part("Which classes are alike to the teacher", similarity_html(targets), html);
  return html;
}

}  // namespace

std::string teacher_knowledge_html(const RunResult& result) {
  if (result.soft_targets.empty()) return "";
  const SoftTargets& first = result.soft_targets.front();
  std::string html = fmt::format("{}<p class=\"reading\">{}</p>{}", introduction(first),
                                 chosen_sentence(first), parts_html(first));
  for (size_t i = 1; i < result.soft_targets.size(); ++i) {
    const SoftTargets& targets = result.soft_targets[i];
    html += fmt::format(
        "<details><summary>The teacher {}</summary><div><p class=\"reading\">{}</p>{}</div>"
        "</details>",
        name_html(targets.teacher), chosen_sentence(targets), parts_html(targets));
  }
  return html;
}

std::string soft_targets_page(const SoftTargets& targets, const std::string& version) {
  std::vector<std::string> warnings;
  for (const std::string& warning : targets.warnings) warnings.push_back(name_html(warning, 500));
  const TemperatureStatistics* shown = targets.at(targets.similarity_temperature);
  Page page{
      .title = "Soft targets of " + shortened(targets.teacher, 100) + " – Retort",
      .name_html = name_html(targets.teacher, 100),
      .status = "",
      .summary = "What a teacher knows beyond the labels.",
      .second = "",
      .head_html = warning_list_html(warnings),
      .sections = {{"targets", "Its soft targets", introduction(targets) + parts_html(targets)}},
      .version = version,
      .source = ""};
  if (shown != nullptr) {
    page.second = fmt::format(
        "At T = {}{} its soft targets on {} {} images hold {} bits each on average; a hard label "
        "holds 0.",
        significant(shown->temperature),
        targets.temperature > 0 ? "" : ", where they tell most beyond the class,",
        thousands(targets.count), targets.split, significant(shown->entropy_bits));
  }
  return page_html(page);
}

}  // namespace retort
