#include <fmt/format.h>

#include <cmath>

#include "cli/verbs.hpp"
#include "retort/experiment/single_image.hpp"
#include "retort/pipeline.hpp"
#include "retort/result/soft_targets_json.hpp"

namespace retort::cli {
namespace {

struct VerbOptions : Options {
  std::string model, data, split = "test", page;
  TargetOptions targets;
};

using Rows = std::vector<std::vector<std::string>>;

std::string name_of(const SoftTargets& targets, int64_t index) {
  return index < 0 ? "none" : printable(targets.classes[static_cast<size_t>(index)]);
}

std::string hundredths(double share) {
  return fmt::format("{:.2f} %", 100 * share);
}

Json image_json(const SoftTargets& targets, const SoftTargetExample& image) {
  Json list = Json::array();
  for (size_t at = 0; at < targets.temperatures.size(); ++at) {
    Json probabilities = Json::object();
    for (size_t c = 0; c < targets.classes.size(); ++c) {
      probabilities[targets.classes[c]] = image.probabilities[at][c];
    }
    list.push_back({{"temperature", targets.temperatures[at]},
                    {"entropy_bits", image.entropy_bits[at]},
                    {"probabilities", probabilities}});
  }
  const auto label = static_cast<size_t>(image.label);
  return {{"index", image.index},
          {"label", image.label < 0 ? Json() : Json(targets.classes[label])},
          {"answer", targets.classes[static_cast<size_t>(image.answer)]},
          {"soft_targets", list}};
}

Json document(const SoftTargets& targets, const VerbOptions& options) {
  Json statistics = Json::array(), images = Json::array(), pairs = Json::array();
  for (const double temperature : targets.temperatures) {
    statistics.push_back(statistics_to_json(*targets.at(temperature)));
  }
  for (const SoftTargetExample& image : targets.examples) {
    images.push_back(image_json(targets, image));
  }
  const auto name = [&](int64_t index) { return targets.classes[static_cast<size_t>(index)]; };
  for (const TellingPair& pair : targets.pairs) {
    pairs.push_back(
        {{"class", name(pair.label)},
         {"lead", pair.lead},
         {"favours", {name(pair.first_favours), name(pair.second_favours)}},
         {"images", {image_json(targets, pair.first), image_json(targets, pair.second)}}});
  }
  return {{"model", options.model},
          {"data", options.data},
          {"split", targets.split},
          {"count", targets.count},
          {"classes", targets.classes},
          {"temperatures", statistics},
          {"far_labels", targets.far_labels},
          {"images", images},
          {"telling_pairs", pairs},
          {"similarity",
           {{"temperature", targets.similarity_temperature}, {"mean_targets", targets.similarity}}},
          {"warnings", targets.warnings}};
}

std::string image_text(const SoftTargets& targets, const SoftTargetExample& image) {
  constexpr size_t most = 10;
  Rows rows = {{"class"}};
  for (const double temperature : targets.temperatures) {
    rows[0].push_back(fmt::format("T = {:g}", temperature));
  }
  for (const int64_t c : falling_order(image.probabilities.back())) {
    if (rows.size() > most) break;
    rows.push_back({name_of(targets, c)});
    for (const std::vector<double>& p : image.probabilities) {
      rows.back().push_back(hundredths(p[static_cast<size_t>(c)]));
    }
  }
  rows.push_back({"entropy, bits"});
  for (const double bits : image.entropy_bits) rows.back().push_back(fmt::format("{:.3f}", bits));
  return fmt::format("{} image {}{}: label {}, answer {}\n{}\n", targets.split, image.index,
                     targets.typical ? " (a typical one)" : "", name_of(targets, image.label),
                     name_of(targets, image.answer), table(rows));
}

std::string statistics_text(const SoftTargets& targets) {
  Rows rows = {
      {"T", "entropy", "of the most", "off answer", "beyond class", "gradient: negative", "far"}};
  for (const double temperature : targets.temperatures) {
    const TemperatureStatistics& one = *targets.at(temperature);
    rows.push_back({fmt::format("{:g}", temperature), fmt::format("{:.3f}", one.entropy_bits),
                    hundredths(one.entropy_share), hundredths(one.off_top),
                    fmt::format("{:.4f}", one.bits_beyond_class), hundredths(one.negative_share),
                    hundredths(one.far_share)});
  }
  return fmt::format(
      "{}entropy: bits of a soft target, mean; a hard label has 0, the most is {:.3f}\n"
      "off answer: probability on all classes but the model's answer\n"
      "beyond class: bits that a target tells of its image that the class does not\n"
      "gradient: share of the distillation gradient on the negative labels (all but the\n"
      "  answer), and on those far below the mean logit ({:.2g} of {} in an image)\n",
      table(rows), std::log2(static_cast<double>(targets.classes.size())), targets.far_labels,
      targets.classes.size());
}

std::string pairs_text(const SoftTargets& targets) {
  if (targets.pairs.empty()) {
    return "No two images of one class that the model gets right favour different wrong classes.\n";
  }
  Rows rows = {{"class", "image", "looks like", "at T = 1", "image", "looks like", "at T = 1"}};
  const size_t at_one = targets.place_of(1);
  const auto add = [&](const SoftTargetExample& image, int64_t favours) {
    rows.back().push_back(std::to_string(image.index));
    rows.back().push_back(name_of(targets, favours));
    rows.back().push_back(hundredths(image.probabilities[at_one][static_cast<size_t>(favours)]));
  };
  for (const TellingPair& pair : targets.pairs) {
    rows.push_back({name_of(targets, pair.label)});
    add(pair.first, pair.first_favours);
    add(pair.second, pair.second_favours);
  }
  return "Pairs of one class that tell different things, the clearest first:\n" + table(rows);
}

std::string similarity_text(const SoftTargets& targets) {
  constexpr size_t most = 12;
  const std::string heading = fmt::format("Mean soft target of each class at T = {:g}{}, in %",
                                          targets.similarity_temperature,
                                          targets.temperature > 0 ? "" : ", where they tell most");
  if (targets.classes.size() > most) return heading + ": see --json\n";
  Rows rows = {{"true"}};
  for (const std::string& name : targets.classes) rows[0].push_back(printable(name).substr(0, 5));
  for (size_t row = 0; row < targets.similarity.size(); ++row) {
    rows.push_back({printable(targets.classes[row]).substr(0, 12)});
    for (const double share : targets.similarity[row]) {
      rows.back().push_back(fmt::format("{:.1f}", 100 * share));
    }
  }
  return heading + ":\n" + table(rows);
}

void targets_verb(VerbOptions& options) {
  options.targets.split = options.split == "train" ? Split::train : Split::test;
  const SoftTargets targets = soft_targets(options.model, options.data, options.targets);
  if (!options.page.empty()) draw_soft_targets(targets, options.page);
  if (options.json) {
    print(document(targets, options));
    return;
  }
  std::string text = fmt::format("{} on the {} {} images of {}\n\n", options.model,
                                 grouped(targets.count), targets.split, options.data);
  for (const SoftTargetExample& image : targets.examples) text += image_text(targets, image);
  text += statistics_text(targets) + "\n" + pairs_text(targets) + "\n" + similarity_text(targets);
  for (const std::string& warning : targets.warnings) text += "\nwarning: " + warning + "\n";
  if (!options.page.empty()) text += "\n" + options.page + "\n";
  print(text);
}

}  // namespace

void add_targets(CLI::App& command) {
  auto options = std::make_shared<VerbOptions>();
  CLI::App* verb = command.add_subcommand(
      "targets", "the soft targets of a model: what it knows beyond the labels, and what T does");
  verb->add_option("MODEL", options->model, "model.safetensors or an ONNX file")->required();
  verb->add_option("--data", options->data, "a data set, or an experiment that names one")
      ->required()
      ->type_name("DIR");
  verb->add_option("--split", options->split, "which images")
      ->check(CLI::IsMember({"train", "test"}))
      ->capture_default_str();
  verb->add_option("--index", options->targets.images,
                   "images to show, from 0; without it a typical one")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("N,...");
  verb->add_option("--temperature", options->targets.temperatures,
                   "T: the logits are divided by it; T = 1 is always shown too")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("T,...")
      ->capture_default_str();
  verb->add_option("--class", options->targets.class_name, "whose telling pair; without it of all")
      ->type_name("NAME");
  verb->add_option("--html", options->page, "draw a page too")->type_name("FILE");
  add_threads(*verb, *options);
  add_json(*verb, *options);
  verb->footer(
      "Example:\n  retort targets runs/mnist-quick/teacher-big/model.safetensors --data "
      "datasets/mnist \\\n    --index 18 --class 2 --html targets.html");
  verb->callback([options] { targets_verb(*options); });
}

}  // namespace retort::cli
