#include "retort/report/page_models.hpp"

#include <fmt/format.h>

#include "retort/report/escape.hpp"

namespace retort {

Models page_order(const RunResult& result) {
  Models models;
  for (const std::string_view role : page_roles) {
    for (const ModelResult& model : result.models) {
      if (role_class(model.role) == role) models.push_back(&model);
    }
  }
  return models;
}

Models measured_models(const RunResult& result) {
  Models models = page_order(result);
  std::erase_if(models, [](const ModelResult* model) { return model->test.count <= 0; });
  return models;
}

const ModelResult* first_with_role(const RunResult& result, std::string_view role) {
  for (const ModelResult& model : result.models) {
    if (model.role == role) return &model;
  }
  return nullptr;
}

std::string_view role_class(std::string_view role) {
  for (const std::string_view known : {"student", "adjusted", "twin"}) {
    if (role == known) return known;
  }
  return "teacher";
}

std::string called(std::string_view role, std::string_view name, bool first, bool only_teacher) {
  const std::string shown = printable(shortened(std::string(name), 40));
  if (role == "student") return "the student";
  if (role == "adjusted") return fmt::format("the student adjusted by \"{}\"", shown);
  if (role == "twin") return first ? "the twin without a teacher" : "its twin without a teacher";
  return only_teacher ? "the teacher" : "the teacher " + shown;
}

std::string class_name(const RunResult& result, size_t index) {
  return index < result.classes.size() ? result.classes[index] : fmt::format("class {}", index);
}

std::string legend_item_html(std::string_view classes, std::string_view label_html) {
  return fmt::format(
      R"(<li class="{}"><svg viewBox="0 0 28 10" aria-hidden="true"><path class="curve" )"
      R"(d="M1 5H27"/></svg> {}</li>)",
      classes, label_html);
}

std::string legend_html(const Models& models) {
  std::string items;
  for (const ModelResult* model : models) {
    items += legend_item_html(role_class(model->role), name_html(model->name));
  }
  return fmt::format("<ul class=\"legend\">{}</ul>", items);
}

}  // namespace retort
