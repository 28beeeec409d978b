#include "retort/tensor/safetensors.hpp"

#include <ATen/ops/empty.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>

#include "retort/tensor/safetensors_header.hpp"

namespace retort {
namespace {

static_assert(std::endian::native == std::endian::little, "safetensors are little-endian");

struct TypeName {
  std::string_view name;
  at::ScalarType type;
};

// Types that LibTorch can hold, in the order of the reference writer: by rising alignment.
constexpr std::array<TypeName, 10> types = {{{"BOOL", at::kBool},
                                             {"U8", at::kByte},
                                             {"I8", at::kChar},
                                             {"I16", at::kShort},
                                             {"F16", at::kHalf},
                                             {"BF16", at::kBFloat16},
                                             {"I32", at::kInt},
                                             {"F32", at::kFloat},
                                             {"F64", at::kDouble},
                                             {"I64", at::kLong}}};

// A file that is open for reading; closed at the end.
class InputFile {
 public:
  explicit InputFile(const Path& path) : path_(path.string()) {
    // Without O_NONBLOCK a named pipe would hang here.
    file_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file_ < 0) fail(std::strerror(errno));
  }
  ~InputFile() { ::close(file_); }
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  uint64_t size() const {
    struct stat status {};
    if (::fstat(file_, &status) != 0) fail(std::strerror(errno));
    if (!S_ISREG(status.st_mode)) fail("no regular file");
    return static_cast<uint64_t>(status.st_size);
  }

  void read(void* target, uint64_t count, uint64_t offset) const {
    auto* bytes = static_cast<char*>(target);
    while (count > 0) {
      const ssize_t done = ::pread(file_, bytes, count, static_cast<off_t>(offset));
      if (done < 0 && errno == EINTR) continue;
      if (done < 0) fail(std::strerror(errno));
      if (done == 0) fail("the file became shorter while it was read");
      bytes += done;
      offset += static_cast<uint64_t>(done);
      count -= static_cast<uint64_t>(done);
    }
  }

  [[noreturn]] void fail(std::string_view what, ExitCode code = ExitCode::model) const {
    throw Error(code, fmt::format("{}: {}", path_, what));
  }

 private:
  std::string path_;
  int file_;
};

SafetensorsHeader read_header(const InputFile& file, const std::string& where) {
  const uint64_t file_size = file.size();
  std::string bytes(std::min<uint64_t>(8, file_size), '\0');
  file.read(bytes.data(), bytes.size(), 0);
  if (bytes.size() == 8) {
    uint64_t length = 0;
    std::memcpy(&length, bytes.data(), 8);
    if (length <= most_safetensors_header_bytes && length <= file_size - 8) {
      bytes.resize(8 + length);
      file.read(bytes.data() + 8, length, 8);
    }
  }
  return parse_safetensors_header(bytes, file_size, where);
}

Tensor empty_tensor(const InputFile& file, const SafetensorsEntry& entry) {
  const auto type = std::find_if(types.begin(), types.end(),
                                 [&](const TypeName& row) { return row.name == entry.dtype; });
  if (type == types.end()) {
    file.fail(fmt::format("tensor '{}': type {} cannot be read here", printable(entry.name),
                          entry.dtype));
  }
  try {
    return at::empty(entry.shape, type->type);
  } catch (const std::exception&) {
    file.fail(fmt::format("tensor '{}': no memory for {} bytes", printable(entry.name),
                          entry.end - entry.begin),
              ExitCode::resources);
  }
}

Tensor read_tensor(const InputFile& file, const SafetensorsEntry& entry, uint64_t data_begin) {
  const Tensor tensor = empty_tensor(file, entry);
  auto* bytes = static_cast<unsigned char*>(tensor.mutable_data_ptr());
  const uint64_t count = entry.end - entry.begin;
  file.read(bytes, count, data_begin + entry.begin);
  if (tensor.scalar_type() == at::kBool &&
      std::any_of(bytes, bytes + count, [](unsigned char byte) { return byte > 1; })) {
    file.fail(fmt::format("tensor '{}': a BOOL is neither 0 nor 1", printable(entry.name)));
  }
  return tensor;
}

// Where the type stands in `types`. Throws Error (model) when the format has no word for it.
size_t type_rank(const std::string& where, const NamedTensors::Row& row) {
  const at::ScalarType type = row.second.scalar_type();
  for (size_t i = 0; i < types.size(); ++i) {
    if (types[i].type == type) return i;
  }
  throw Error(ExitCode::model, fmt::format("{}: tensor '{}': type {} cannot be written", where,
                                           printable(row.first), at::toString(type)));
}

std::string header_text(const std::string& where, const Safetensors& content,
                        const std::vector<NamedTensors::Row>& rows) {
  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  if (!content.metadata.empty()) header["__metadata__"] = content.metadata;
  uint64_t begin = 0;
  for (const auto& row : rows) {
    const auto& [name, tensor] = row;
    if (name == "__metadata__" || name.size() > most_safetensors_name_bytes) {
      throw Error(ExitCode::model, fmt::format("{}: no tensor may have the name '{}'", where,
                                               printable(name.substr(0, 200))));
    }
    const uint64_t end = begin + tensor.nbytes();
    header[name] = {{"dtype", types[type_rank(where, row)].name},
                    {"shape", tensor.sizes().vec()},
                    {"data_offsets", {begin, end}}};
    begin = end;
  }
  try {
    std::string text = header.dump();
    text.resize((text.size() + 7) / 8 * 8, ' ');
    return text;
  } catch (const nlohmann::json::exception&) {
    throw Error(ExitCode::model, fmt::format("{}: a name or metadata is no UTF-8", where));
  }
}

}  // namespace

Safetensors read_safetensors(const Path& path) {
  const InputFile file(path);
  const SafetensorsHeader header = read_header(file, path.string());
  Safetensors content;
  content.metadata = header.metadata;
  for (const SafetensorsEntry& entry : header.entries) {
    content.tensors.set(entry.name, read_tensor(file, entry, header.data_begin));
  }
  return content;
}

std::map<std::string, std::string> read_safetensors_metadata(const Path& path) {
  return read_header(InputFile(path), path.string()).metadata;
}

void write_safetensors(const Path& path, const Safetensors& content) {
  const std::string where = path.string();
  std::vector<NamedTensors::Row> rows;
  for (const auto& [name, tensor] : content.tensors) {
    rows.emplace_back(name, tensor.detach().to(at::kCPU).contiguous());
  }
  std::sort(rows.begin(), rows.end(), [&](const auto& a, const auto& b) {
    const size_t rank_a = type_rank(where, a);
    const size_t rank_b = type_rank(where, b);
    return rank_a != rank_b ? rank_a > rank_b : a.first < b.first;
  });
  const std::string header = header_text(where, content, rows);
  const uint64_t length = header.size();
  std::string bytes(8, '\0');
  std::memcpy(bytes.data(), &length, 8);
  bytes += header;
  for (const auto& [name, tensor] : rows) {
    bytes.append(static_cast<const char*>(tensor.const_data_ptr()), tensor.nbytes());
  }
  write_file(path, bytes);
}

}  // namespace retort
