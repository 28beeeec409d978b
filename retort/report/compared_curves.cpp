#include "retort/report/compared_curves.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "retort/report/curves.hpp"
#include "retort/report/escape.hpp"
#include "retort/report/number_words.hpp"
#include "retort/report/page_models.hpp"
#include "retort/report/run_names.hpp"

namespace retort {
namespace {

// As many as can be told apart: page_style colours line1 to line8.
constexpr size_t most_coloured = 8;

struct ComparedStudent {
  std::string run;
  std::string classes;
  const TrainingRecord* training = nullptr;
};

std::vector<ComparedStudent> trained_students(const std::vector<ComparedRun>& runs) {
  std::vector<ComparedStudent> students;
  const std::vector<std::string> names = distinct_names(runs);
  for (size_t i = 0; i < runs.size(); ++i) {
    const ModelResult* student = first_with_role(runs[i].result, "student");
    if (student == nullptr || student->training.epochs.empty()) continue;
    const size_t number = students.size() + 1;
    students.push_back(
        {.run = names[i],
         .classes = number <= most_coloured ? fmt::format("line{}", number) : "other",
         .training = &student->training});
  }
  return students;
}

// An epoch means the same in all runs only where it is as many steps.
Progress common_progress(const std::vector<ComparedStudent>& students) {
  const auto steps_of_an_epoch = [](const ComparedStudent& student) {
    const EpochRecord& last = student.training->epochs.back();
    return last.epoch > 0 ? last.step / last.epoch : 0;
  };
  const bool same = std::all_of(students.begin(), students.end(), [&](const auto& student) {
    return steps_of_an_epoch(student) == steps_of_an_epoch(students.front());
  });
  return same ? Progress::epochs : Progress::steps;
}

std::vector<Curve> curves_of(const std::vector<ComparedStudent>& students, Reading reading,
                             Progress progress) {
  std::vector<Curve> curves;
  for (const ComparedStudent& student : students) {
    Curve curve{.classes = student.classes,
                .title = shortened(student.run, 120),
                .points = points_of(*student.training, reading, progress)};
    if (!curve.points.empty()) curves.push_back(std::move(curve));
  }
  return curves;
}

std::string legend_of(const std::vector<ComparedStudent>& students) {
  std::string items;
  for (size_t i = 0; i < std::min(students.size(), most_coloured); ++i) {
    items += legend_item_html(students[i].classes, name_html(students[i].run, 120));
  }
  if (students.size() > most_coloured) {
    const auto others = static_cast<int64_t>(students.size() - most_coloured);
    items += legend_item_html("other", counted(others, "further run", "further runs"));
  }
  return fmt::format("<ul class=\"legend\">{}</ul>", items);
}

std::string progress_sentence(Progress progress, bool logarithmic) {
  return fmt::format(
      "A line a run, its student. {}{} ",
      progress == Progress::epochs
          ? "Against epochs: they are as many steps in all runs."
          : "Against steps, since an epoch is not as many steps in all runs; a step may still be "
            "another number of images.",
      logarithmic ? " Their scale is logarithmic, since the runs’ lengths differ much." : "");
}

}  // namespace

std::string compared_curves_html(const std::vector<ComparedRun>& runs) {
  const std::vector<ComparedStudent> students = trained_students(runs);
  if (students.empty()) return "";
  const Progress progress = common_progress(students);
  struct Panel {
    const char* title;
    Reading reading;
    std::string (*words)(double);
  };
  constexpr Panel all[] = {{"Test error", test_error, percent_tick},
                           {"Validation error", validation_error, percent_tick},
                           {"Training loss", training_loss, loss_tick}};
  // Every training has a loss, unless it is no number: that panel tells the lengths.
  const std::vector<Curve> longest = curves_of(students, training_loss, progress);
  const bool logarithmic = lengths_differ_much(longest);
  std::string panels;
  bool missing = false;
  for (const Panel& panel : all) {
    const std::vector<Curve> curves = curves_of(students, panel.reading, progress);
    if (curves.empty()) continue;
    missing = missing || curves.size() < students.size();
    panels += curves_html(panel.title, curves, progress, logarithmic, panel.words);
  }
  if (panels.empty()) return "";
  return fmt::format(
      "{}<div class=\"panels\">{}</div><p class=\"note\">{}{}{}The loss is the weighted sum of "
      "each "
      "run’s own objective: where terms, weights or temperatures differ, compare its course, not "
      "its height. Nothing is chosen by the test images.</p>",
      legend_of(students), panels, progress_sentence(progress, logarithmic),
      missing ? "A run without a line in a panel did not measure that. " : "",
      students.size() > most_coloured
          ? fmt::format(
                "The first {} runs have colours, the others are grey; point at a line’s end "
                "for its name. ",
                most_coloured)
          : "");
}

}  // namespace retort
