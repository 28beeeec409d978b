#include "retort/data/formats/manifest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "retort/base/error.hpp"

namespace retort {
namespace {

constexpr size_t most_bytes = size_t{1} << 30;

// Reads a manifest from its beginning to its end and knows the line it is in.
class ManifestReader {
 public:
  explicit ManifestReader(const Path& path)
      : where_(printable(path.string())), text_(read_file(path, ExitCode::data, most_bytes)) {
    if (text_.starts_with("\xef\xbb\xbf")) place_ = 3;  // the mark that some programs begin with
  }

  std::vector<ManifestRow> csv() {
    const std::vector<std::string> names = record();
    const auto column = [&](const std::string& name) {
      const auto found = std::find(names.begin(), names.end(), name);
      if (found == names.end()) {
        fail(fmt::format("no column \"{}\"{}", name, suggest(name, names)));
      }
      return static_cast<size_t>(found - names.begin());
    };
    const size_t path = column("path"), label = column("label"), split = column("split");
    const bool has_pools = std::find(names.begin(), names.end(), "pool") != names.end();
    const size_t pool = has_pools ? column("pool") : 0;
    while (place_ < text_.size()) {
      const std::vector<std::string> values = record();
      if (values.size() == 1 && values.front().empty()) continue;  // an empty line
      if (values.size() != names.size()) {
        fail(fmt::format("{} values, but {} columns", values.size(), names.size()));
      }
      add({values[path], values[label], values[split], has_pools ? values[pool] : ""});
    }
    return std::move(rows_);
  }

  std::vector<ManifestRow> json_lines() {
    while (place_ < text_.size()) {
      line_ = ++lines_;
      const size_t end = std::min(text_.find('\n', place_), text_.size());
      const std::string text = text_.substr(place_, end - place_);
      place_ = end + 1;
      if (text.find_first_not_of(" \t\r") == std::string::npos) continue;
      const auto object = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
      if (!object.is_object()) fail("no JSON object");
      const auto value = [&](const char* key) {
        const auto found = object.find(key);
        if (found == object.end()) fail(fmt::format("no \"{}\"", key));
        if (found->is_null()) return std::string();
        if (!found->is_string()) fail(fmt::format("\"{}\": wanted a text", key));
        return found->get<std::string>();
      };
      add({value("path"), value("label"), value("split"),
           object.contains("pool") ? value("pool") : ""});
    }
    return std::move(rows_);
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw Error(ExitCode::data, fmt::format("{}:{}: {}", where_, line_, printable(what)));
  }

  void add(ManifestRow row) {
    if (row.path.empty()) fail("the path is empty");
    if (row.split != "train" && row.split != "test") {
      fail(fmt::format("the split is \"{}\", wanted train or test", row.split));
    }
    rows_.push_back(std::move(row));
  }

  // The values up to the end of a line that stands in no quotes.
  std::vector<std::string> record() {
    line_ = ++lines_;
    std::vector<std::string> values(1);
    bool quoted = false;
    for (; place_ < text_.size(); ++place_) {
      const char c = text_[place_];
      if (c == '\n') ++lines_;
      if (c == '"') {
        const bool doubled = quoted && text_.substr(place_ + 1, 1) == "\"";
        if (doubled) values.back() += text_[++place_];
        if (!doubled) quoted = !quoted;
      } else if (quoted || (c != ',' && c != '\n' && c != '\r')) {
        values.back() += c;
      } else if (c == ',') {
        values.emplace_back();
      } else if (c == '\n') {
        ++place_;
        --lines_;  // the next record counts it
        return values;
      }
    }
    if (quoted) fail("a quote is not closed");
    return values;
  }

  std::string where_;
  std::string text_;
  size_t place_ = 0;
  int64_t lines_ = 0;  // lines begun
  int64_t line_ = 0;   // where the record began
  std::vector<ManifestRow> rows_;
};

}  // namespace

std::vector<ManifestRow> read_manifest(const Path& path) {
  ManifestReader reader(path);
  return path.extension() == ".jsonl" ? reader.json_lines() : reader.csv();
}

}  // namespace retort
