#include "retort/experiment/students.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "retort/experiment/names.hpp"

namespace retort {
namespace {

constexpr const char* students = "student";

// The first part of every path below a table, once each, in the order of the file.
std::vector<std::string> children_of(const TomlFile& file, const std::string& table) {
  std::vector<std::string> names;
  for (const TomlLeaf& leaf : leaves_of(file, table).value_or(std::vector<TomlLeaf>())) {
    const std::string name = leaf.path.substr(0, leaf.path.find('.'));
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  return names;
}

bool is_table(const TomlFile& file, const std::string& path) {
  try {
    return leaves_of(file, path).has_value();
  } catch (const Error&) {
    return false;
  }
}

bool is_student(const TomlFile& file, const std::string& name) {
  const std::set<std::string> parts = {"model", "images", "train"};
  const std::string table = fmt::format("{}.{}", students, name);
  if (parts.contains(name) || !is_table(file, table)) return false;
  const std::vector<std::string> own = children_of(file, table);
  return !own.empty() && std::all_of(own.begin(), own.end(), [&](const std::string& part) {
    return parts.contains(part) && is_table(file, fmt::format("{}.{}", table, part));
  });
}

}  // namespace

std::vector<std::string> student_names(const TomlFile& file) {
  std::vector<std::string> names;
  if (!is_table(file, students)) return names;
  for (const std::string& name : children_of(file, students)) {
    if (is_student(file, name)) names.push_back(name);
  }
  for (const std::string& name : names) {
    const std::string path = fmt::format("{}.{}", students, name);
    if (!is_name(name)) {
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

std::vector<std::string> student_tables(const TomlFile& file) {
  std::vector<std::string> tables;
  for (const std::string& name : student_names(file)) {
    tables.push_back(fmt::format("{}.{}", students, name));
  }
  return tables;
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
  const std::string table = fmt::format("{}.{}", students, name);
  const std::optional<std::vector<TomlLeaf>> leaves = leaves_of(all, table);
  for (const TomlLeaf& leaf : *leaves) {
    file.set(fmt::format("{}.{}={}", students, leaf.path, leaf.value),
             all.where(fmt::format("{}.{}", table, leaf.path)));
  }
  if (!is_table(all, "teacher")) return;
  for (const std::string& teacher : children_of(all, "teacher")) {
    const std::string path = fmt::format("teacher.{}", teacher);
    if (!is_table(all, path)) continue;
    const std::vector<std::string> said = children_of(all, path);
    if (std::find(said.begin(), said.end(), "recorded") != said.end()) continue;
    file.set(path + ".recorded=\"auto\"", all.where(path));
  }
}

}  // namespace retort
