#include "retort/data/formats/cifar.hpp"

#include <fmt/format.h>

#include "retort/base/error.hpp"
#include "retort/data/formats/byte_stream.hpp"

namespace retort {
namespace {

constexpr size_t pixel_bytes = size_t{3} * 32 * 32;
constexpr size_t most_records =
    100'000;  // twice the largest file published; a packed bomb ends here

[[noreturn]] void fail(const Path& path, const std::string& what) {
  throw Error(ExitCode::data, fmt::format("{}: {}", printable(path.string()), what));
}

}  // namespace

void read_cifar(const Path& path, const CifarLabels& labels, CifarImages& images) {
  ByteStream stream(path);
  std::vector<uint8_t> record(labels.each + pixel_bytes);
  for (size_t count = 0;; ++count) {
    const size_t got = stream.read(record.data(), record.size());
    if (got == 0 && count > 0) return;
    if (got < record.size()) {
      fail(path,
           fmt::format("{} bytes are no whole number of CIFAR-{}'s records of {}; is it cut "
                       "off, or of another set?",
                       count * record.size() + got, labels.each == 1 ? 10 : 100, record.size()));
    }
    if (count == most_records) fail(path, fmt::format("more than {} records", most_records));
    const uint8_t label = record[labels.chosen];
    if (label >= labels.classes) {
      fail(path,
           fmt::format("record {} has label {}, wanted 0 to {}", count, label, labels.classes - 1));
    }
    images.labels.push_back(label);
    images.pixels.insert(images.pixels.end(), record.end() - pixel_bytes, record.end());
  }
}

}  // namespace retort
