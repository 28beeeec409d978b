#include "retort/store/recording_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace retort {
namespace {

using Json = nlohmann::ordered_json;

constexpr int schema = 1;
constexpr size_t most_bytes = size_t{1} << 30;

std::string tensors_text(const std::vector<RecordedTensor>& tensors) {
  std::vector<std::string> words;
  for (const RecordedTensor& tensor : tensors) {
    words.push_back(fmt::format("{} [{}]", tensor.name, fmt::join(tensor.shape, ", ")));
  }
  return join(words);
}

// A transform a line in fingerprints; in one line for people.
std::string transforms_words(const std::string& transforms) {
  std::string words = transforms.empty() ? "none" : transforms;
  std::replace(words.begin(), words.end(), '\n', ';');
  return printable(words.substr(0, 120));
}

Fingerprint fingerprint_from(const std::string& text) {
  if (text.size() != 32 || text.find_first_not_of("0123456789abcdef") != std::string::npos) {
    throw Error(ExitCode::data, fmt::format("'{}' is no fingerprint", printable(text)));
  }
  return {std::stoull(text.substr(0, 16), nullptr, 16), std::stoull(text.substr(16), nullptr, 16)};
}

RecordingFile from_json(const Json& json) {
  if (json.at("schema") != schema) {
    throw Error(ExitCode::data, fmt::format("schema {} is not known here, {} is",
                                            json.at("schema").dump(), schema));
  }
  RecordingFile file;
  RecordingSubject& subject = file.subject;
  subject.teacher = fingerprint_from(json.at("teacher"));
  subject.data = fingerprint_from(json.at("data"));
  subject.transforms = json.at("transforms").at("text");
  subject.samples = json.at("samples");
  subject.views = json.at("views");
  subject.precision = json.at("precision");
  for (const Json& tensor : json.at("tensors")) {
    subject.tensors.push_back({tensor.at("name"), tensor.at("shape").get<Shape>()});
  }
  for (const Json& shard : json.at("shards")) {
    file.shards.push_back(
        {shard.at("file"), shard.at("rows"), shard.at("bytes"), shard.at("checksum")});
    if (Path(file.shards.back().file).filename() != file.shards.back().file) {
      throw Error(ExitCode::data, "a shard outside the folder");
    }
  }
  constexpr int64_t most = int64_t{1} << 40;  // of either: their product has room
  const bool fits = subject.samples >= 0 && subject.samples < most && subject.views > 0 &&
                    (subject.precision == "fp32" || subject.precision == "fp16") &&
                    (subject.samples == 0 || subject.views < most / subject.samples);
  if (!fits || subject.tensors.empty()) {
    throw Error(ExitCode::data, "samples, views, precision or tensors make no recording");
  }
  return file;
}

}  // namespace

Fingerprint RecordingSubject::fingerprint() const {
  return fingerprint_of(fmt::format("format 1\n{}\n{}\n{}\n{} x {}\n{}\n{}\n{}", teacher.text(),
                                    data.text(), transforms, samples, views, precision,
                                    tensors_text(tensors), micro_batch_images));
}

int64_t RecordingSubject::row_bytes() const {
  int64_t elements = 0;
  for (const RecordedTensor& tensor : tensors) elements += element_count(tensor.shape);
  return elements * (precision == "fp16" ? 2 : 4) + 2 * static_cast<int64_t>(sizeof(int64_t));
}

std::string difference(const RecordingSubject& wanted, const RecordingSubject& found) {
  const auto two = [](const char* what, const auto& a, const auto& b) {
    return fmt::format("{} differ{}: wanted {}, it holds {}", what,
                       std::string_view(what).ends_with('s') ? "" : "s", a, b);
  };
  if (wanted.teacher != found.teacher) {
    return two("the teacher", wanted.teacher.text(), found.teacher.text());
  }
  if (wanted.data != found.data || wanted.samples != found.samples) {
    return fmt::format("the data differ: wanted {} ({} samples), it holds {} ({} samples)",
                       wanted.data.text(), wanted.samples, found.data.text(), found.samples);
  }
  if (wanted.transforms != found.transforms || wanted.views != found.views) {
    return two("the transforms", transforms_words(wanted.transforms),
               transforms_words(found.transforms));
  }
  if (wanted.precision != found.precision) {
    return two("the precision", wanted.precision, found.precision);
  }
  if (wanted.tensors != found.tensors) {
    return two("the tensors", tensors_text(wanted.tensors), tensors_text(found.tensors));
  }
  return "";
}

void check_same_subject(const Path& folder, const RecordingSubject& wanted,
                        const RecordingSubject& found) {
  const std::string differs = difference(wanted, found);
  if (differs.empty()) return;
  throw Error(ExitCode::usage,
              fmt::format("recording {}: {}; wanted another folder for this one, or "
                          "the experiment that it was recorded for",
                          folder.string(), differs));
}

RecordingFile read_recording_file(const Path& folder) {
  const Path path = folder / recording_file_name;
  const std::string text = read_file(path, ExitCode::data, most_bytes);
  try {
    return from_json(Json::parse(text));
  } catch (const Error& error) {
    throw Error(ExitCode::data, fmt::format("{}: {}", path.string(), error.what()));
  } catch (const nlohmann::json::exception&) {
    throw Error(
        ExitCode::data,
        fmt::format("{}: is damaged; without its folder it is recorded anew", path.string()));
  }
}

void write_recording_file(const Path& folder, const RecordingFile& file) {
  const RecordingSubject& subject = file.subject;
  Json json = {
      {"schema", schema},
      {"teacher", subject.teacher.text()},
      {"data", subject.data.text()},
      {"transforms",
       {{"fingerprint", fingerprint_of(subject.transforms).text()}, {"text", subject.transforms}}},
      {"samples", subject.samples},
      {"views", subject.views},
      {"precision", subject.precision},
      {"micro_batch", micro_batch_images},
      {"tensors", Json::array()},
      {"shards", Json::array()}};
  for (const RecordedTensor& tensor : subject.tensors) {
    json["tensors"].push_back({{"name", tensor.name}, {"shape", tensor.shape}});
  }
  for (const ShardEntry& shard : file.shards) {
    json["shards"].push_back({{"file", shard.file},
                              {"rows", shard.rows},
                              {"bytes", shard.bytes},
                              {"checksum", shard.checksum}});
  }
  write_file(folder / recording_file_name, json.dump(1) + "\n");
}

}  // namespace retort
