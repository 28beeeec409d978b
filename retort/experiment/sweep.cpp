#include "retort/experiment/sweep.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

#include "retort/experiment/students.hpp"
#include "retort/experiment/sweep_expect.hpp"
#include "retort/experiment/sweep_range.hpp"

namespace retort {
namespace {

constexpr const char* seed_field = "seed";
constexpr const char* student_field = "student";  // its values are names of students
constexpr size_t most_cells = 10000;

// A field with the values that it takes.
struct Axis {
  std::string field;
  std::vector<std::string> values;
};

struct PlacedValue {
  std::string field, value;
  std::string place;  // where it is written
};
using Cell = std::vector<PlacedValue>;

bool is_no_seed(const PlacedValue& value) {
  return value.field != seed_field;
}

std::vector<FieldValue> values_of(const Cell& cell) {
  std::vector<FieldValue> values;
  for (const PlacedValue& one : cell) values.emplace_back(one.field, one.value);
  return values;
}

class SweepReader {
 public:
  explicit SweepReader(const TomlFile& source)
      : source_(source), students_(student_names(source)) {}

  // The values of every cell, as they are named; none without a sweep. Throws what is wrong with
  // the sweep itself.
  std::vector<Cell> cells() {
    const std::optional<std::vector<TomlLeaf>> leaves = leaves_of(source_, "sweep");
    if (!leaves && students_.empty()) return {};
    for (const TomlLeaf& leaf :
         with_ranges(leaves.value_or(std::vector<TomlLeaf>()), source_, "sweep")) {
      leaf.path == "cells" ? read_cells(leaf) : read_axis(leaf);
    }
    if (leaves && axes_.empty() && rows_.empty() && problems_.empty()) {
      add("sweep", "wanted lists of values, as seed = [1, 2, 3], or tables [[sweep.cells]]");
    }
    std::stable_partition(axes_.begin(), axes_.end(),
                          [](const Axis& axis) { return axis.field != seed_field; });
    std::vector<Cell> cells = of_students(rows_.empty() ? std::vector<Cell>{{}} : rows_);
    for (const Axis& axis : axes_) cells = multiplied(cells, axis);
    for (Cell& cell : cells) std::stable_partition(cell.begin(), cell.end(), is_no_seed);
    if (!problems_.empty()) throw_problems(problems_);
    return cells;
  }

 private:
  void add(const std::string& path, const std::string& text) {
    problems_.push_back(
        fmt::format("{}: {}: {}", source_.where(path), printable(path), printable(text)));
  }

  void check_field(const std::string& field, const std::string& path) {
    if (field == "name") add(path, "a cell is named by its values; name the experiment itself");
    for (const char* table : {"sweep", "expect"}) {
      if (field != table && !field.starts_with(std::string(table) + ".")) continue;
      add(path,
          fmt::format("[{}] is of the sweep as a whole; wanted a field of the experiment", table));
    }
  }

  void read_axis(const TomlLeaf& leaf) {
    const std::string path = "sweep." + leaf.path;
    check_field(leaf.path, path);
    if (leaf.path == student_field) {
      add(path, "the students are the tables [student.NAME]");
    } else if (!leaf.items) {
      add(path,
          fmt::format("wanted a list of values, or a range {{ from = .., to = .., count = .. }}, "
                      "got {}",
                      leaf.value));
    } else if (leaf.items->empty()) {
      add(path, "wanted at least one value");
    } else {
      axes_.push_back({leaf.path, *leaf.items});
    }
  }

  void read_cells(const TomlLeaf& list) {
    if (!list.items || list.items->empty()) {
      add("sweep.cells", "wanted tables [[sweep.cells]]");
      return;
    }
    for (size_t i = 0; i < list.items->size(); ++i) {
      const std::string path = fmt::format("sweep.cells.{}", i);
      Cell cell;
      const std::optional<std::vector<TomlLeaf>> leaves = leaves_of(source_, path);
      for (const TomlLeaf& leaf : *leaves) {
        check_field(leaf.path, path + "." + leaf.path);
        if (leaf.path == student_field) {
          add(path + "." + leaf.path, "the students are the tables [student.NAME]");
          continue;
        }
        cell.push_back({leaf.path, leaf.value, source_.where(path + "." + leaf.path)});
      }
      if (leaves->empty()) add(path, "wanted at least one field");
      rows_.push_back(std::move(cell));
    }
  }

  // Every cell once for each student, where there are several.
  std::vector<Cell> of_students(const std::vector<Cell>& cells) const {
    if (students_.empty()) return cells;
    std::vector<Cell> product;
    for (const std::string& name : students_) {
      const std::string place = source_.where(fmt::format("{}.{}", student_field, name));
      for (Cell cell : cells) {
        cell.insert(cell.begin(), {student_field, name, place});
        product.push_back(std::move(cell));
      }
    }
    return product;
  }

  std::vector<Cell> multiplied(const std::vector<Cell>& cells, const Axis& axis) {
    std::vector<Cell> product;
    if (cells.size() * axis.values.size() > most_cells) {
      add("sweep", fmt::format("wanted at most {} cells", most_cells));
      return cells;
    }
    for (const Cell& cell : cells) {
      const bool twice = std::any_of(cell.begin(), cell.end(),
                                     [&](const auto& value) { return value.field == axis.field; });
      if (twice) {
        add("sweep." + axis.field, "stands in [[sweep.cells]] too; wanted it in one of them");
        return cells;
      }
      for (const std::string& value : axis.values) {
        product.push_back(cell);
        product.back().push_back({axis.field, value, source_.where("sweep." + axis.field)});
      }
    }
    return product;
  }

  const TomlFile& source_;
  const std::vector<std::string> students_;
  std::vector<Axis> axes_;
  std::vector<Cell> rows_;
  std::vector<std::string> problems_;
};

// Each problem once, with the cells that have it.
class CellProblems {
 public:
  void add(const std::string& slug, const std::string& text) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      if (cells_[line].empty()) order_.push_back(line);
      cells_[line].push_back(slug);
    }
  }
  std::vector<std::string> texts() const {
    std::vector<std::string> texts;
    for (const std::string& line : order_) {
      const std::vector<std::string>& cells = cells_.at(line);
      const std::string more =
          cells.size() > 1 ? fmt::format(" and {} more", cells.size() - 1) : "";
      texts.push_back(fmt::format("cell {}{}: {}", cells.front(), more, line));
    }
    return texts;
  }

 private:
  std::vector<std::string> order_;
  std::map<std::string, std::vector<std::string>> cells_;
};

ExperimentFile cell_experiment(const TomlFile& source, const Path& path, const Cell& cell) {
  TomlFile own = source;
  for (const PlacedValue& one : cell) {
    if (one.field == student_field) {
      choose_student(one.value, own);
    } else {
      own.set(one.field + "=" + one.value, one.place);
    }
  }
  const bool chooses_teachers = std::any_of(cell.begin(), cell.end(), [](const PlacedValue& one) {
    return one.field.starts_with("objective.") && one.field.ends_with(".teacher");
  });
  return read_experiment(own, path, chooses_teachers);
}

}  // namespace

Plan make_plan(const SweepCell& cell, SharedData& data) {
  try {
    return make_plan(cell.experiment, data);
  } catch (const Error& error) {
    throw Error(error.code(), fmt::format("cell {}: {}", cell.slug, error.what()));
  }
}

std::optional<Sweep> read_sweep(const Path& path, const std::vector<std::string>& overrides) {
  TomlFile source = TomlFile::read(path);
  for (const std::string& assignment : overrides) source.set(assignment);
  const std::vector<Cell> cells = SweepReader(source).cells();
  if (cells.empty()) return std::nullopt;
  std::vector<std::vector<FieldValue>> values;
  for (const Cell& cell : cells) values.push_back(values_of(cell));
  const std::vector<std::string> slugs = cell_slugs(values);
  Sweep sweep;
  CellProblems problems;
  std::set<std::string> slugs_seen;
  std::map<std::string, std::string> experiments;  // a cell's whole text -> its slug
  for (size_t i = 0; i < cells.size(); ++i) {
    if (!slugs_seen.insert(slugs[i]).second) {
      problems.add(slugs[i], source.where("sweep") + ": sweep: the same cell stands there twice");
      continue;
    }
    try {
      SweepCell cell{slugs[i], values[i], cell_experiment(source, path, cells[i])};
      std::string& name = cell.experiment.experiment.name;
      sweep.name = name;
      const auto [same, is_new] = experiments.emplace(cell.experiment.resolved_text(), slugs[i]);
      if (!is_new) {
        throw Error(ExitCode::usage, fmt::format("{}: sweep: the same experiment as the cell {}",
                                                 source.where("sweep"), same->second));
      }
      name += "," + slugs[i];
      sweep.cells.push_back(std::move(cell));
    } catch (const Error& error) {
      problems.add(slugs[i], error.what());
    }
  }
  if (const std::vector<std::string> texts = problems.texts(); !texts.empty()) {
    throw_problems(texts);
  }
  check_choices(sweep);
  return sweep;
}

}  // namespace retort
