#include <fmt/format.h>

#include "retort/experiment/plan_images.hpp"
#include "retort/model/logits.hpp"

// What a plan says of its data and files before the run, and data that several plans share.
namespace retort {

std::vector<std::string> Plan::warnings() const {
  std::vector<std::string> lines = training->warnings();
  const std::vector<std::string> of_test = test->warnings();
  lines.insert(lines.end(), of_test.begin(), of_test.end());
  lines.insert(lines.end(), other_warnings.begin(), other_warnings.end());
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

DatasetPointer SharedData::split(const ExperimentFile& file, Split split,
                                 const std::string& other) {
  OtherSettings source{file.experiment.data.format, file.experiment.data.fit};
  for (const auto& [name, settings] : file.experiment.others) {
    if (name == other) source = settings;
  }
  source.measure = true;
  const std::string settings = settings_text(source);
  const std::string key = fmt::format("{}\n{}\n{}", file.folder.string(),
                                      split == Split::train ? "train" : "test", settings);
  DatasetPointer& opened = opened_[key];
  if (opened) return opened;
  const std::string path = other.empty() ? "data.fit" : "other." + other + ".fit";
  DatasetPointer plain = open_split(source.format, split, file.folder);
  opened = at_field(file, path, [&] { return brought_to(source.fit, std::move(plain)); });
  return opened;
}

}  // namespace retort
