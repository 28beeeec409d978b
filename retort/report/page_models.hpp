#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "retort/result/run_result.hpp"

namespace retort {

/// The roles as a page shows them, which are the classes that colour a model too.
inline constexpr std::array<std::string_view, 4> page_roles = {"student", "adjusted", "twin",
                                                               "teacher"};

using Models = std::vector<const ModelResult*>;

/// The models of a run as the page shows them: students, adjusted ones, twins, then teachers.
Models page_order(const RunResult& result);

/// Those of them whose test split was measured.
Models measured_models(const RunResult& result);

/// The first model of a role; nullptr when there is none.
const ModelResult* first_with_role(const RunResult& result, std::string_view role);

/// "student", "adjusted", "twin" or "teacher": the class that colours a model; any other role
/// counts as a teacher.
std::string_view role_class(std::string_view role);

/// How a sentence calls a model: "the student", "its twin without a teacher" ("the twin ..." when
/// it is the first said), "the teacher", with its name when there are several.
std::string called(std::string_view role, std::string_view name, bool first, bool only_teacher);

/// The name of a class by its index; "class 7" when the record has no name for it.
std::string class_name(const RunResult& result, size_t index);

/// One line of a legend: a stroke as the classes draw it, and what it is.
std::string legend_item_html(std::string_view classes, std::string_view label_html);

/// Which line is which, under a drawing.
std::string legend_html(const Models& models);

}  // namespace retort
