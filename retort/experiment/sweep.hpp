#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "retort/experiment/plan.hpp"

namespace retort {

/// One value of a field in a cell, both as they are written.
using FieldValue = std::pair<std::string, std::string>;

/// One combination of a sweep's values: an experiment with a run folder of its own.
struct SweepCell {
  std::string slug;                // "temperature=4,seed=2": its folder below the sweep's
  std::vector<FieldValue> values;  // the seed last
  ExperimentFile experiment;
};

/// What `[sweep]` of an experiment file asks for: the product of its lists, once for each table of
/// `[[sweep.cells]]` where there are any; and all of it for each `[student.NAME]`, where there are
/// several.
struct Sweep {
  std::string name;  // the experiment's
  std::vector<SweepCell> cells;
};

/// The sweep of an experiment file with overrides on top; nothing where it has no `[sweep]` and one
/// student. Every cell is read whole. Throws Error (usage) that lists what is wrong with the sweep,
/// or with the cells: each problem once, with the first cell that has it.
std::optional<Sweep> read_sweep(const Path& path, const std::vector<std::string>& overrides = {});

/// The plan of a cell; errors begin with the cell's name.
Plan make_plan(const SweepCell& cell, SharedData& data);

/// Names of cells that are short, safe as names of files and different from each other: the last
/// word of every field (more of it where two fields end alike) and its value.
std::vector<std::string> cell_slugs(const std::vector<std::vector<FieldValue>>& cells);

/// A value as slugs write it, "[300, 300]" as "300-300": what is no letter, digit or one of ._+
/// becomes a hyphen.
std::string value_words(const std::string& text);

/// The shortest ending of each field's path that no other of them has.
std::vector<std::string> field_labels(const std::vector<std::string>& fields);

}  // namespace retort
