#include "retort/tensor/safetensors_header.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "retort/base/error.hpp"

namespace retort {
namespace {

using Json = nlohmann::json;

constexpr uint64_t length_bytes = 8;
// Caps of ours, far above any real model: a file of a stranger must not cost hours or memory.
constexpr size_t most_tensors = 100'000;
constexpr size_t most_dimensions = 64;

constexpr std::array<std::pair<std::string_view, uint64_t>, 17> element_sizes = {{
    {"BOOL", 1},
    {"U8", 1},
    {"I8", 1},
    {"F8_E5M2", 1},
    {"F8_E4M3", 1},
    {"F8_E8M0", 1},
    {"I16", 2},
    {"U16", 2},
    {"F16", 2},
    {"BF16", 2},
    {"I32", 4},
    {"U32", 4},
    {"F32", 4},
    {"C64", 8},
    {"F64", 8},
    {"I64", 8},
    {"U64", 8},
}};

uint64_t little_endian(std::string_view bytes) {
  uint64_t value = 0;
  for (size_t i = 0; i < length_bytes; ++i) {
    value |= uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  }
  return value;
}

// Walks the JSON without building it, so that duplicate names are seen and nesting costs nothing.
class HeaderWalk : public nlohmann::json_sax<Json> {
 public:
  explicit HeaderWalk(const std::string& where) : where_(where) {}

  [[noreturn]] void fail(const std::string& what) const {
    const std::string entry =
        name_.empty() ? "" : fmt::format("tensor '{}': ", printable(name_.substr(0, 200)));
    throw Error(ExitCode::model, fmt::format("{}: {}{}", where_, entry, what));
  }

  bool start_object(size_t) override {
    if (place_ == Place::file) {
      place_ = Place::header;
    } else if (place_ == Place::header && key_ == "__metadata__") {
      place_ = Place::metadata;
    } else if (place_ == Place::header) {
      place_ = Place::entry;
      dtype_.reset();
      shape_.reset();
      offsets_.reset();
    } else {
      fail_value();
    }
    return true;
  }

  bool key(std::string& key) override {
    if (key.size() > most_safetensors_name_bytes) {
      fail(fmt::format("a name has {} bytes, at most {}", key.size(), most_safetensors_name_bytes));
    }
    if (place_ == Place::header) {
      if (!names_.insert(key).second) duplicate(key);
      name_ = key == "__metadata__" ? "" : key;
      if (names_.size() > most_tensors) fail(fmt::format("more than {} tensors", most_tensors));
    } else if (place_ == Place::metadata) {
      if (header.metadata.contains(key)) duplicate(key);
    } else if ((key == "dtype" && dtype_) || (key == "shape" && shape_) ||
               (key == "data_offsets" && offsets_)) {
      duplicate(key);
    } else if (key != "dtype" && key != "shape" && key != "data_offsets") {
      fail(fmt::format("unknown key '{}'", printable(key.substr(0, 200))));
    }
    key_ = key;
    return true;
  }

  bool string(std::string& text) override {
    if (place_ == Place::metadata) {
      header.metadata.emplace(key_, text);
    } else if (place_ == Place::entry && key_ == "dtype") {
      dtype_ = text;
    } else {
      fail_value();
    }
    return true;
  }

  bool start_array(size_t) override {
    if (place_ != Place::entry || key_ == "dtype") fail_value();
    place_ = Place::list;
    (key_ == "shape" ? shape_ : offsets_).emplace();
    return true;
  }

  bool number_unsigned(uint64_t number) override {
    if (place_ != Place::list) fail_value();
    std::vector<uint64_t>& list = *(key_ == "shape" ? shape_ : offsets_);
    list.push_back(number);
    if (list.size() > most_dimensions) {
      fail(fmt::format("'{}' has more than {} numbers", key_, most_dimensions));
    }
    return true;
  }

  bool end_array() override {
    place_ = Place::entry;
    return true;
  }

  bool end_object() override {
    if (place_ == Place::entry) finish_entry();
    place_ = place_ == Place::header ? Place::file : Place::header;
    return true;
  }

  bool null() override { fail_value(); }
  bool boolean(bool) override { fail_value(); }
  bool number_integer(int64_t) override { fail_value(); }
  bool number_float(double, const std::string&) override { fail_value(); }
  bool binary(Json::binary_t&) override { fail_value(); }
  bool parse_error(size_t position, const std::string&, const Json::exception&) override {
    fail(fmt::format("the header is no valid JSON (at byte {})", position));
  }

  SafetensorsHeader header;

 private:
  enum class Place { file, header, metadata, entry, list };

  [[noreturn]] void duplicate(const std::string& key) const {
    throw Error(ExitCode::model, fmt::format("{}: the name '{}' is there twice", where_,
                                             printable(key.substr(0, 200))));
  }

  [[noreturn]] void fail_value() const {
    if (place_ == Place::metadata) {
      fail(fmt::format("__metadata__: '{}' is no text", printable(key_.substr(0, 200))));
    }
    fail(fmt::format("the value of '{}' is of the wrong kind", printable(key_.substr(0, 200))));
  }

  void finish_entry() {
    if (!dtype_ || !shape_ || !offsets_) fail("wanted dtype, shape and data_offsets");
    const uint64_t element = safetensors_element_size(*dtype_);
    if (element == 0) fail(fmt::format("unknown type '{}'", printable(dtype_->substr(0, 32))));
    if (offsets_->size() != 2) fail("wanted two data_offsets");
    SafetensorsEntry entry{name_, *dtype_, {}, offsets_->at(0), offsets_->at(1)};
    // Zeros are left out of the product at first: strides are products of the other sizes.
    constexpr auto most = static_cast<uint64_t>(INT64_MAX);
    uint64_t bytes = element;
    for (const uint64_t size : *shape_) {
      if (size > most || (size > 0 && bytes > most / size)) fail("the shape overflows");
      bytes *= std::max<uint64_t>(size, 1);
      entry.shape.push_back(static_cast<int64_t>(size));
    }
    if (std::count(shape_->begin(), shape_->end(), 0U) > 0) bytes = 0;
    if (entry.end < entry.begin || entry.end - entry.begin != bytes) {
      fail(fmt::format("{} [{}] takes {} bytes, data_offsets are [{}, {}]", *dtype_,
                       fmt::join(*shape_, ", "), bytes, entry.begin, entry.end));
    }
    header.entries.push_back(std::move(entry));
  }

  const std::string& where_;
  Place place_ = Place::file;
  std::set<std::string> names_;
  std::string name_;  // of the tensor that is read
  std::string key_;
  std::optional<std::string> dtype_;
  std::optional<std::vector<uint64_t>> shape_, offsets_;
};

// Data must follow each other without holes or overlaps and end with the file.
void check_layout(const SafetensorsHeader& header, uint64_t file_size, const std::string& where) {
  uint64_t reached = 0;
  for (const SafetensorsEntry& entry : header.entries) {
    if (entry.begin != reached) {
      throw Error(ExitCode::model,
                  fmt::format("{}: tensor '{}': data begin at {}, which leaves {} at {}", where,
                              printable(entry.name.substr(0, 200)), entry.begin,
                              entry.begin < reached ? "an overlap" : "a hole", reached));
    }
    reached = entry.end;
  }
  const uint64_t data_bytes = file_size - header.data_begin;
  if (reached != data_bytes) {
    throw Error(ExitCode::model,
                fmt::format("{}: wanted {} bytes of data, got {}{}", where, reached, data_bytes,
                            data_bytes < reached ? "; the file is cut off" : ""));
  }
}

}  // namespace

SafetensorsHeader parse_safetensors_header(std::string_view bytes, uint64_t file_size,
                                           const std::string& where) {
  const auto fail = [&](const std::string& what) {
    throw Error(ExitCode::model, fmt::format("{}: {}", where, what));
  };
  if (file_size < length_bytes || bytes.size() < length_bytes) {
    fail(fmt::format("no safetensors file: {} bytes long", file_size));
  }
  const uint64_t length = little_endian(bytes);
  if (length > most_safetensors_header_bytes) {
    fail(fmt::format(
        "no safetensors file: a header of {} bytes, at most {}; the names of ONNX files "
        "end in .onnx, and tools/pth_to_safetensors.py turns .pth files into one",
        length, most_safetensors_header_bytes));
  }
  if (length > file_size - length_bytes || length > bytes.size() - length_bytes) {
    fail(fmt::format("a header of {} bytes in a file of {}; the file is cut off", length,
                     file_size));
  }
  std::string_view text = bytes.substr(length_bytes, length);
  if (!text.starts_with('{')) fail("no safetensors file: the header does not start with '{'");
  text = text.substr(0, text.find_last_not_of(' ') + 1);
  // The JSON parser takes a zero byte for the end of the text.
  if (!text.ends_with('}') || text.find('\0') != std::string_view::npos) {
    fail("the header does not end with '}' and spaces");
  }
  HeaderWalk walk(where);
  Json::sax_parse(text.begin(), text.end(), &walk);
  SafetensorsHeader header = std::move(walk.header);
  std::sort(header.entries.begin(), header.entries.end(), [](const auto& a, const auto& b) {
    return std::tie(a.begin, a.end, a.name) < std::tie(b.begin, b.end, b.name);
  });
  header.data_begin = length_bytes + length;
  check_layout(header, file_size, where);
  return header;
}

uint64_t safetensors_element_size(std::string_view dtype) {
  for (const auto& [name, size] : element_sizes) {
    if (name == dtype) return size;
  }
  return 0;
}

}  // namespace retort
