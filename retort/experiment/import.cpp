#include "retort/experiment/import.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <sstream>

#include "retort/config/toml.hpp"
#include "retort/experiment/names.hpp"
#include "retort/model/model_file.hpp"

namespace retort {
namespace {

constexpr size_t most_class_bytes = 100'000'000;

void set_normalisation(TomlFile& fields, const std::string& text) {
  constexpr const char* place = "--normalise";
  const bool imagenet = text == "imagenet";
  const std::string lists = imagenet ? "0.485,0.456,0.406/0.229,0.224,0.225" : text;
  const size_t slash = lists.find('/');
  if (slash == std::string::npos) {
    throw Error(ExitCode::usage,
                fmt::format("{}: wanted imagenet, or means/deviations of the channels, such as "
                            "0.5,0.5,0.5/0.25,0.25,0.25, got '{}'",
                            place, printable(text)));
  }
  fields.set(fmt::format("normalise.mean=[{}]", lists.substr(0, slash)), place);
  fields.set(fmt::format("normalise.deviation=[{}]", lists.substr(slash + 1)), place);
}

std::vector<std::string> lines_of(const Path& path) {
  std::istringstream text(read_file(path, ExitCode::data, most_class_bytes));
  std::vector<std::string> lines;
  for (std::string line; std::getline(text, line);) {
    line.erase(line.find_last_not_of(" \t\r") + 1);
    lines.push_back(line);
  }
  while (!lines.empty() && lines.back().empty()) lines.pop_back();
  return lines;
}

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> words;
  for (std::string word; std::getline(stream, word, ',');) words.push_back(word);
  return words;
}

// The text as a number of classes; 0: it is none.
int64_t count_in(const std::string& text) {
  constexpr int64_t most = 1 << 20;
  int64_t count = 0;
  const char* end = text.data() + text.size();
  const bool whole = std::from_chars(text.data(), end, count).ptr == end;
  return whole && count <= most ? std::max<int64_t>(count, 0) : 0;
}

// What does not fit here was said on the command line.
Graph graph_of(const ImportSettings& settings) try {
  return build_graph(settings.model, settings.input, settings.classes);
} catch (const Error& error) {
  throw Error(ExitCode::usage, error.what());
}

}  // namespace

ModelSettings import_network(const std::string& kind, const std::vector<std::string>& fields,
                             const std::string& normalisation) {
  TomlFile file = TomlFile::parse("", "--kind");
  file.set(fmt::format("kind=\"{}\"", kind), "--kind");
  for (const std::string& field : fields) file.set(field);
  if (!normalisation.empty()) set_normalisation(file, normalisation);
  ModelSettings settings = read_settings<ModelSettings>(file);
  if (!settings.init.empty() || !settings.init_head) {
    throw Error(ExitCode::usage, "--set: init is for trainings; here the weights are named first");
  }
  return settings;
}

void set_classes(ImportSettings& settings, const std::string& text) {
  std::vector<std::string>& classes = settings.classes;
  const int64_t count = count_in(text);
  settings.classes_are_named = count == 0;
  if (count > 0) {
    for (int64_t i = 0; i < count; ++i) classes.push_back(std::to_string(i));
    return;
  }
  const bool is_list = text.find(',') != std::string::npos;
  classes = is_list ? words_of(text) : lines_of(text);
  const std::optional<std::string> twice = repeated(classes);
  if (classes.empty() || holds(classes, "") || twice) {
    throw Error(
        is_list ? ExitCode::usage : ExitCode::data,
        fmt::format(
            "{}: wanted class names, each once and none empty{}",
            is_list ? "--classes" : printable(text),
            !twice || twice->empty() ? "" : fmt::format(", got '{}' twice", printable(*twice))));
  }
}

KeyReport import_weights(const Path& weights, const ImportSettings& settings, const Path& out) {
  std::error_code not_there;
  if (std::filesystem::equivalent(weights, out, not_there)) {
    throw Error(ExitCode::usage,
                fmt::format("{}: would overwrite the weights themselves", out.string()));
  }
  const bool is_index = weights.extension() == ".json";
  if (is_index && std::filesystem::exists(out, not_there) &&
      std::filesystem::equivalent(out.parent_path() / ".", weights.parent_path() / ".",
                                  not_there)) {
    throw Error(
        ExitCode::usage,
        fmt::format("{}: is there already, in the folder of the weights; name another --out",
                    out.string()));
  }
  Graph graph = graph_of(settings);
  if (!settings.classes_are_named) graph.classes.clear();
  Start start = read_start(weights, graph);
  save_model(out, {std::move(graph), std::move(start.weights)});
  return start.report;
}

}  // namespace retort
