#include "retort/experiment/students.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "retort/experiment/names.hpp"

namespace retort {
namespace {

constexpr const char* students = "student";

const std::set<std::string> parts_of_a_student = {"model", "images", "train"};

bool is_part(const std::string& name) {
  return parts_of_a_student.contains(name);
}

// Whether a table in [student] is certainly a student: it has tables of its own like one, and none
// unlike.
bool is_student(const TomlFile& file, const std::string& name) {
  const std::vector<std::string> own = tables_in(file, fmt::format("{}.{}", students, name));
  return !own.empty() && std::all_of(own.begin(), own.end(), is_part);
}

}  // namespace

std::vector<std::string> student_names(const TomlFile& file) {
  std::vector<std::string> names;
  bool some = false;
  for (const std::string& name : tables_in(file, students)) {
    if (is_part(name)) continue;
    names.push_back(name);
    some = some || is_student(file, name);
  }
  if (!some) return {};  // a misspelt part of the only student
  for (const std::string& name : names) {
    const std::string path = fmt::format("{}.{}", students, name);
    if (!is_name(name) || name.find('.') != std::string::npos) {
      throw Error(ExitCode::usage,
                  fmt::format("{}: {}: wanted a name of letters, digits, '-' or '_'",
                              file.where(path), printable(path)));
    }
  }
  if (names.size() == 1) {
    const std::string path = fmt::format("{}.{}", students, names[0]);
    throw Error(ExitCode::usage, fmt::format("{}: {}: a single student is [student]; wanted "
                                             "several [student.NAME]",
                                             file.where(path), path));
  }
  return names;
}

void check_one_student(const TomlFile& file) {
  const std::vector<std::string> names = student_names(file);
  if (names.empty()) return;
  throw Error(ExitCode::usage,
              fmt::format("{}: {}: {} students, {}, wanted a file with one", file.where(students),
                          students, names.size(), join(names)));
}

void choose_student(const std::string& name, TomlFile& file) {
  const TomlFile all = file;
  const std::vector<std::string> names = student_names(all);
  const auto leaves = [&](const std::string& table) {
    return leaves_of(all, table).value_or(std::vector<TomlLeaf>());
  };
  const auto set = [&](const std::string& table, const TomlLeaf& leaf) {
    file.set(fmt::format("{}.{}={}", students, leaf.path, leaf.value),
             all.where(fmt::format("{}.{}", table, leaf.path)));
  };
  const std::string table = fmt::format("{}.{}", students, name);
  const std::vector<TomlLeaf> own = leaves(table);
  // The fields of the common kind would be unknown to another one.
  const bool has_kind = std::any_of(own.begin(), own.end(),
                                    [](const TomlLeaf& leaf) { return leaf.path == "model.kind"; });
  file.set(fmt::format("{}={{}}", students), all.where(students));
  for (const TomlLeaf& leaf : leaves(students)) {
    const std::string first = leaf.path.substr(0, leaf.path.find('.'));
    const bool is_common = !holds(names, first);
    if (is_common && !(has_kind && first == "model")) set(students, leaf);
  }
  for (const TomlLeaf& leaf : own) set(table, leaf);
  for (const std::string& teacher : tables_in(all, "teacher")) {
    const std::string path = fmt::format("teacher.{}", teacher);
    const std::vector<TomlLeaf> said = leaves(path);
    const bool is_said = std::any_of(said.begin(), said.end(),
                                     [](const TomlLeaf& leaf) { return leaf.path == "recorded"; });
    if (!is_said) file.set(path + ".recorded=\"auto\"", all.where(path));
  }
}

}  // namespace retort
