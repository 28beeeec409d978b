#include "retort/data/batch_order.hpp"
#include "retort/experiment/planner.hpp"

namespace retort {

void Planner::check_choice(const PlannedModel& student) const {
  const Dataset& images = *student.plain;
  if (student.choose.is_any()) {
    at_field(file_, "student.images.choose", [&] {
      for (int64_t index = 0; index < images.size(); ++index) {
        if (images.label(index) == no_label) return;
      }
      throw Error(ExitCode::usage,
                  "every image of the student has a label, there is none to choose; wanted "
                  "data.labelled, or images without labels");
    });
  }
  if (student.labelled_share > 0) {
    at_field(file_, "student.images.labelled_share", [&] {
      const BatchOrder order(images, student.train.batch, 1, student.labelled_share);
    });
  }
}

}  // namespace retort
