#include "retort/model/weights_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "retort/model/model_file.hpp"
#include "retort/tensor/checksum.hpp"

namespace retort {
namespace {

using Json = nlohmann::json;
using Shards = std::map<std::string, Names>;  // file -> the tensors that it holds

constexpr size_t most_index_bytes = 100'000'000;

// A shard is a file beside the index: "../other" or "/etc/passwd" is none.
void check_shard_name(const std::string& name, const std::string& where) {
  if (!name.empty() && name.front() != '.' && Path(name).filename() == Path(name)) return;
  throw Error(ExitCode::model, fmt::format("{}: wanted shards in the index's own folder, got '{}'",
                                           where, printable(name)));
}

Shards read_index(const Path& path) {
  const std::string text = read_file(path, ExitCode::model, most_index_bytes);
  Shards shards;
  try {
    const Json index = Json::parse(text);
    for (const auto& [tensor, file] : index.at("weight_map").items()) {
      const auto name = file.get<std::string>();
      check_shard_name(name, path.string());
      shards[name].push_back(tensor);
    }
  } catch (const Json::exception&) {
    throw Error(ExitCode::model,
                fmt::format("{}: wanted JSON with a 'weight_map' of tensors and their files",
                            path.string()));
  }
  return shards;
}

NamedTensors read_shards(const Path& index) {
  NamedTensors tensors;
  for (const auto& [file, names] : read_index(index)) {
    const Path shard = index.parent_path() / file;
    std::error_code unreadable;
    if (!std::filesystem::exists(shard, unreadable)) {
      throw Error(ExitCode::model, fmt::format("{}: its shard '{}' is not there; all of them "
                                               "belong into one folder",
                                               index.string(), printable(file)));
    }
    const NamedTensors content = read_safetensors(shard).tensors;
    for (const std::string& name : names) {
      const Tensor* tensor = content.find(name);
      if (tensor == nullptr) {
        throw Error(ExitCode::model, fmt::format("{}: tensor '{}' is not in its shard '{}'",
                                                 index.string(), printable(name), printable(file)));
      }
      tensors.set(name, *tensor);
    }
  }
  return tensors;
}

// DataParallel and torch.compile put a word before every name.
size_t wrapper_length(const Names& names) {
  constexpr std::string_view wrappers[] = {"module.", "_orig_mod."};
  size_t length = 0;
  for (bool found = !names.empty(); found;) {
    found = false;
    for (const std::string_view wrapper : wrappers) {
      const bool everywhere = std::all_of(names.begin(), names.end(), [&](const auto& name) {
        return std::string_view(name).substr(std::min(length, name.size())).starts_with(wrapper);
      });
      if (!everywhere) continue;
      length += wrapper.size();
      found = true;
    }
  }
  return length;
}

WeightsFile in_our_numbers(const NamedTensors& tensors, const std::string& where) {
  WeightsFile result;
  const size_t wrapper = wrapper_length(tensors.names());
  for (const auto& [name, tensor] : tensors) {
    if (name.ends_with("num_batches_tracked")) {
      ++result.counters;
      continue;
    }
    if (!tensor.is_floating_point()) {
      throw Error(ExitCode::model,
                  fmt::format("{}: tensor '{}' holds no real numbers but {}", where,
                              printable(name), at::toString(tensor.scalar_type())));
    }
    result.tensors.set(name.substr(wrapper), tensor.to(at::kFloat));
  }
  return result;
}

}  // namespace

WeightsFile read_weights(const Path& path) {
  if (path.extension() == ".json") return in_our_numbers(read_shards(path), path.string());
  const Safetensors content = read_safetensors(path);
  check_checksum(content, path);
  WeightsFile result = in_our_numbers(content.tensors, path.string());
  const auto graph = content.metadata.find("retort.graph");
  if (graph != content.metadata.end()) result.classes = graph_from_json(graph->second).classes;
  return result;
}

}  // namespace retort
