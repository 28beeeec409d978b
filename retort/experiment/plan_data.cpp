#include <fmt/format.h>

#include "retort/experiment/plan.hpp"
#include "retort/model/logits.hpp"

// What a plan says of its data and files before the run, and data that several plans share.
namespace retort {

std::vector<std::string> Plan::warnings() const {
  std::vector<std::string> lines = training->warnings();
  const std::vector<std::string> of_test = test->warnings();
  lines.insert(lines.end(), of_test.begin(), of_test.end());
  for (const PlannedModel& model : models) {
    if (model.graph.nodes().empty()) continue;
    const std::string why = model.ready ? not_logits(model.graph) : "";
    if (!why.empty()) lines.push_back(fmt::format("{}: {}", model.name, why));
    if (model.graph.input_shape() == test->shape()) continue;
    lines.push_back(fmt::format("{} sees the images, which are {}, resized to {}", model.name,
                                shape_text(test->shape()), shape_text(model.graph.input_shape())));
  }
  return lines;
}

DatasetPointer SharedData::split(const ExperimentFile& file, Split split) {
  DataFormat format = file.experiment.data.format;
  const std::string settings =
      toml_text([&](FieldVisitor& visitor) { visitor.choice({.name = "format"}, format); });
  const std::string key = fmt::format("{}\n{}\n{}", file.folder.string(),
                                      split == Split::train ? "train" : "test", settings);
  DatasetPointer& opened = opened_[key];
  if (!opened) opened = open_split(format, split, file.folder);
  return opened;
}

}  // namespace retort
