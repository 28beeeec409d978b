#include "retort/store/npy.hpp"

#include <ATen/ops/empty.h>
#include <fmt/format.h>

#include <cstring>
#include <regex>

namespace retort {
namespace {

[[noreturn]] void fail(const Path& path, const std::string& what) {
  throw Error(ExitCode::data, fmt::format("{}: {}", path.string(), what));
}

at::ScalarType type_of(const Path& path, const std::string& word) {
  if (word == "<f2") return at::kHalf;
  if (word == "<f4") return at::kFloat;
  if (word == "<f8") return at::kDouble;
  if (word == "<i4") return at::kInt;
  if (word == "<i8") return at::kLong;
  fail(path, fmt::format("holds '{}'; wanted f2, f4, f8, i4 or i8, little-endian",
                         printable(word.substr(0, 20))));
}

// The words of "(3, 4)", each at most 10^12, their product too.
Shape shape_of(const Path& path, const std::string& words) {
  constexpr int64_t most = 1'000'000'000'000;
  Shape shape;
  int64_t count = 1;
  static const std::regex number("[0-9]+");
  for (auto it = std::sregex_iterator(words.begin(), words.end(), number);
       it != std::sregex_iterator(); ++it) {
    const int64_t size = it->str().size() > 12 ? most + 1 : std::stoll(it->str());
    if (size > most || (size > 0 && count > most / size)) fail(path, "its shape is too large");
    count *= size;
    shape.push_back(size);
  }
  return shape;
}

}  // namespace

Tensor read_npy(const Path& path) {
  const std::string bytes = read_file(path, ExitCode::data);
  constexpr std::string_view magic = "\x93NUMPY";
  if (bytes.size() < 12 || !bytes.starts_with(magic)) fail(path, "is no array of NumPy (.npy)");
  const int version = bytes[6];
  const size_t begin = version == 1 ? 10 : 12;
  uint32_t length = 0;
  std::memcpy(&length, bytes.data() + 8, begin - 8);
  if (version < 1 || version > 3 || length > bytes.size() - begin) fail(path, "has a bad header");
  const std::string header = bytes.substr(begin, std::min<size_t>(length, 10'000));
  static const std::regex fields(
      R"(\{\s*'descr':\s*'([^']*)',\s*'fortran_order':\s*(True|False),\s*'shape':\s*\(([0-9, ]*)\),?\s*\}\s*)");
  std::smatch match;
  if (!std::regex_match(header, match, fields)) fail(path, "has a header that is not understood");
  if (match[2] == "True")
    fail(path, "is in Fortran order; wanted C order (numpy.ascontiguousarray)");
  const at::ScalarType type = type_of(path, match[1]);
  const Shape shape = shape_of(path, match[3]);
  const size_t wanted = static_cast<size_t>(element_count(shape)) * c10::elementSize(type);
  const size_t found = bytes.size() - begin - length;
  if (found != wanted) fail(path, fmt::format("wanted {} bytes of data, got {}", wanted, found));
  const Tensor array = at::empty(shape, type);
  std::memcpy(array.data_ptr(), bytes.data() + begin + length, wanted);
  return array;
}

}  // namespace retort
