#pragma once

#include <string>
#include <vector>

#include "retort/config/toml.hpp"

namespace retort {

/// The names of the students of an experiment file that has several: its tables `[student.NAME]`,
/// in the order of the file; none where `[student]` itself is the only one. Where one of its tables
/// has tables `model`, `images` or `train` of its own, all but these three are students. Throws
/// Error (usage) for a name that could not be a folder's, and for a single one.
std::vector<std::string> student_names(const TomlFile& file);

/// Throws Error (usage) where a file has several students: what reads it wants one.
void check_one_student(const TomlFile& file);

/// Makes one of several students the student: what its table says, on top of what `[student]` says
/// for all of them. Its teachers are recorded ("auto") where nothing is said of that, so that they
/// are asked once for all students.
void choose_student(const std::string& name, TomlFile& file);

}  // namespace retort
