#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "retort/model/start.hpp"
#include "retort/model/zoo.hpp"

namespace retort {

/// What a file of bare weights does not say of its model.
struct ImportSettings {
  ModelSettings model;  // the network, and what it does to pixels
  Shape input;          // [C, H, W]
  std::vector<std::string> classes;
  bool classes_are_named = true;  // else they count only, and are matched by their order
};

/// The network from its name and fields ("width=384"), and a normalisation in the words of the
/// command: "imagenet", or "0.5,0.5,0.5/0.2,0.2,0.2" (means / deviations of the channels), or none.
/// Throws Error (usage).
ModelSettings import_network(const std::string& kind, const std::vector<std::string>& fields,
                             const std::string& normalisation);

/// Fills in the classes: a number of them, a file with a name a line, or their names with commas.
/// Throws Error (usage) when there are none or one is there twice, Error (data) for the file.
void set_classes(ImportSettings& settings, const std::string& text);

/// Weights as a whole model file `out`; returns what the file gave. Throws Error (model) when names
/// or shapes do not fit.
KeyReport import_weights(const Path& weights, const ImportSettings& settings, const Path& out);

}  // namespace retort
