#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "retort/result/sweep_result.hpp"

namespace retort {

/// A sweep over two networks, six temperatures and five seeds; one cell has failed, one waits.
inline SweepResult made_sweep() {
  const std::string temperature = "objective.distillation.temperature";
  SweepResult sweep{.name = "mnist-hinton",
                    .status = "failed",
                    .fields = {{"student.model.widths", "widths", {"[300, 300]", "[30, 30]"}},
                               {temperature, "temperature", {"1", "2", "4", "8", "20", "100"}},
                               {"seed", "seed", {"1", "2", "3", "4", "5"}}},
                    .cells = {},
                    .rows = {}};
  for (const std::string& widths : sweep.fields[0].values) {
    for (const std::string& value : sweep.fields[1].values) {
      for (const std::string& seed : sweep.fields[2].values) {
        const auto noise = static_cast<int64_t>(seed.front() * 7 + value.front()) % 11 - 5;
        const int64_t base = widths == "[300, 300]" ? 240 : 520;
        const auto bend = static_cast<int64_t>(9 * std::pow(std::log(std::stod(value) / 6), 2));
        sweep.cells.push_back(
            {.slug = "widths=" + widths.substr(1, 2) + ",temperature=" + value + ",seed=" + seed,
             .values = {{"student.model.widths", widths}, {temperature, value}, {"seed", seed}},
             .status = "done",
             .error = "",
             .models = {{"big", "teacher", 124 + noise, 10000},
                        {"twin", "twin", base + 190 + 2 * noise, 10000},
                        {"student", "student", base + bend + 3 * noise, 10000}},
             .paired = {{"student", "twin", 83, 214 - noise, 1.6e-14}}});
      }
    }
  }
  sweep.cells[7].status = "failed";
  sweep.cells[7].error = "student, step 2: term 'cross_entropy' is nan";
  sweep.cells[7].exit_code = 6;
  sweep.cells[7].models.clear();
  sweep.cells[8].status = "waiting";
  sweep.cells[8].models.clear();
  sweep.rows = rows_of(sweep.cells);
  return sweep;
}

/// made_sweep with a hostile text wherever a stranger's text may stand.
inline SweepResult hostile_sweep() {
  SweepResult sweep = made_sweep();
  const std::string hostile = "<script>alert(1)</script>\"'&\x01\u202E" + std::string(300, 'x');
  sweep.name = sweep.status = hostile;
  sweep.fields[0].label = hostile;
  for (CellResult& cell : sweep.cells) {
    cell.values[0].second = hostile;
    cell.error = hostile;
    for (CellModel& model : cell.models) model.name += model.role == "teacher" ? hostile : "";
  }
  sweep.rows = rows_of(sweep.cells);
  return sweep;
}

}  // namespace retort
