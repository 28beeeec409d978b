#include <fmt/format.h>

#include "retort/report/escape.hpp"
#include "retort/report/number_words.hpp"
#include "retort/report/page_models.hpp"
#include "retort/report/sections.hpp"
#include "retort/report/table.hpp"

namespace retort {
namespace {

double right_share(int64_t errors, int64_t count) {
  return count > 0 ? 1 - static_cast<double>(errors) / static_cast<double>(count) : 0;
}

std::string all_names(const std::vector<std::string>& names) {
  std::string text;
  for (size_t i = 0; i < names.size(); ++i) {
    text += i == 0 ? "" : i + 1 == names.size() ? " and " : ", ";
    text += name_html(names[i]);
  }
  return text;
}

// What was known of an image while the student learnt.
std::string known_of(const MergeResult& merge) {
  if (merge.rule == "pools") return "whose image each one is was known";
  if (merge.gate == "feature_distance") {
    return "of an image only how near it is to each teacher's own labelled images was known";
  }
  if (!merge.gate.empty()) {
    return fmt::format(
        "of an image only what the network {} says was known, which learnt whose "
        "training image it is",
        name_html(merge.gate));
  }
  if (merge.rule == "calibrated to labels") {
    return "some images had a label, to which scales and offsets of the teachers were fitted";
  }
  return "nothing was known of an image";
}

// The answer to the user's question.
std::string answer(const MergeResult& merge, const RunResult& result) {
  const BlockScores* student = merge.of("student");
  if (student == nullptr) return "";
  std::string text =
      fmt::format("<p>The student knows the classes of {} together and is right on <b>{}</b> of {}",
                  all_names(merge.members), percent(right_share(student->errors, student->count)),
                  counted(student->count, "test image", "test images"));
  if (const BlockScores* twin = merge.of("twin")) {
    const ModelResult* own = first_with_role(result, "twin");
    const ModelResult* taught = first_with_role(result, "student");
    const bool all = own == nullptr || taught == nullptr || own->images >= taught->images;
    text += fmt::format("; the same network taught by {} is right on {}",
                        all ? "all labels" : counted(own->images, "label", "labels"),
                        percent(right_share(twin->errors, twin->count)));
  }
  return text + fmt::format(". Rule {}: {}.</p>", name_html(merge.rule), known_of(merge));
}

std::string gate_part(const MergeResult& merge) {
  const BlockScores* student = merge.of("student");
  const BlockScores* teacher = merge.of(merge.teacher);
  if (student == nullptr || student->errors == 0 || teacher == nullptr) return "";
  std::string text = fmt::format(
      "<p>Of the student’s {}, {} ({}) are answers among another teacher’s classes: the part of "
      "not "
      "knowing whose image it is. The other {} are mistakes within the right teacher’s classes. "
      "The "
      "teachers themselves make {} when the right one is asked for every image, and {} when the "
      "best "
      "way without labels ({}) puts them together; that way is chosen on the test images, so it is "
      "a "
      "bound.",
      counted(student->errors, "error", "errors"), thousands(student->other_block),
      percent(static_cast<double>(student->other_block) / static_cast<double>(student->errors), 0),
      thousands(student->errors - student->other_block),
      counted(merge.owner_errors, "error", "errors"), thousands(merge.best_way().errors),
      name_html(merge.best_way().name));
  if (!merge.gate.empty()) {
    text += fmt::format(" {} gives {} of {} to the wrong teacher.", name_html(merge.gate),
                        thousands(merge.gate_errors),
                        counted(merge.gate_images, "test image", "test images"));
  }
  return text + "</p>";
}

std::string models_table(const MergeResult& merge) {
  std::string head =
      "<td></td><th scope=\"col\">all classes</th><th scope=\"col\">right block</th>";
  for (const std::string& member : merge.members) {
    head += fmt::format("<th scope=\"col\">within {}</th>", name_html(member));
  }
  std::string rows;
  for (const BlockScores& one : merge.models) {
    rows += fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td>", name_html(one.model),
                        percent(right_share(one.errors, one.count)),
                        percent(right_share(one.other_block, one.count)));
    for (size_t m = 0; m < merge.members.size(); ++m) {
      rows += fmt::format("<td>{}</td>",
                          percent(right_share(one.within_errors[m], one.block_count[m])));
    }
    rows += "</tr>";
  }
  return table_html("accuracy within and between blocks", head, rows) +
         "<p class=\"note\">A block is the classes of one teacher. Right block: the answer is a "
         "class "
         "of a teacher who knows the true class. Within: on images of the block’s classes, were "
         "only "
         "these to choose from.</p>";
}

std::string confusion_table(const MergeResult& merge) {
  const BlockScores* student = merge.of("student");
  if (student == nullptr) return "";
  std::string head = "<td>the student’s answer</td>", rows;
  for (const std::string& member : merge.members) {
    head += fmt::format("<th scope=\"col\">{}</th>", name_html(member));
  }
  for (size_t from = 0; from < merge.members.size(); ++from) {
    rows += fmt::format("<tr><th scope=\"row\">images of {}</th>", name_html(merge.members[from]));
    for (const int64_t count : student->confusion[from]) {
      rows += fmt::format("<td>{}</td>", thousands(count));
    }
    rows += "</tr>";
  }
  return table_html("confusion between blocks", head, rows);
}

std::string ways_table(const MergeResult& merge) {
  std::string rows;
  for (const MergeWay& way : merge.ways) {
    rows += fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td></tr>", name_html(way.name),
                        thousands(way.errors));
  }
  rows +=
      fmt::format("<tr><th scope=\"row\">the right teacher for every image</th><td>{}</td></tr>",
                  thousands(merge.owner_errors));
  return table_html("the teachers put together when an image comes",
                    "<td>the teachers together</td><th scope=\"col\">errors</th>", rows);
}

}  // namespace

std::string merged_html(const RunResult& result) {
  std::string html;
  for (const MergeResult& merge : result.merges) {
    if (result.merges.size() > 1) html += fmt::format("<h3>{}</h3>", name_html(merge.teacher));
    html += answer(merge, result) + gate_part(merge) + models_table(merge) +
            confusion_table(merge) + ways_table(merge);
  }
  return html;
}

}  // namespace retort
