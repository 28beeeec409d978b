#include "retort/experiment/single_image.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/softmax.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <numeric>

#include "retort/data/batch_stream.hpp"
#include "retort/data/byte_images.hpp"
#include "retort/data/formats.hpp"
#include "retort/data/formats/idx.hpp"
#include "retort/data/images/resize.hpp"

namespace retort {
namespace {

struct ImageName {
  Path path;
  int64_t number;
};

ImageName parsed(const std::string& name) {
  const size_t colon = name.rfind(':');
  const char* end = name.data() + name.size();
  int64_t number = -1;
  bool whole = false;
  if (colon != std::string::npos && colon > 0) {
    whole = std::from_chars(name.data() + colon + 1, end, number).ptr == end;
  }
  if (!whole || number < 0) {
    throw Error(ExitCode::usage, fmt::format("{}: wanted a .jpg, .jpeg or .png file, "
                                             "FILE:NUMBER or FOLDER:NUMBER, as "
                                             "datasets/mnist:18",
                                             printable(name)));
  }
  return {name.substr(0, colon), number};
}

void check_number(const std::string& name, int64_t number, int64_t count) {
  if (number < count) return;
  throw Error(ExitCode::data,
              fmt::format("{}: there are {} images, 0 to {}", printable(name), count, count - 1));
}

Tensor record_of(const std::string& name, const ImageName& image) {
  const IdxFile file = read_idx(image.path, 3);
  check_number(name, image.number, file.sizes[0]);
  const Tensor pixels = at::empty({1, 1, file.sizes[1], file.sizes[2]}, at::kFloat);
  const auto elements = static_cast<size_t>(pixels.numel());
  write_pixels({file.values.data() + static_cast<size_t>(image.number) * elements, elements},
               {pixels.data_ptr<float>(), elements});
  return pixels;
}

// A photograph at the model's size: its middle, and its luminance where the model sees no colour.
Tensor photograph(const Path& path, const Shape& wanted) {
  if (wanted.size() != 3 || (wanted[0] != 1 && wanted[0] != 3)) {
    throw Error(ExitCode::usage, fmt::format("{}: an image has 1 or 3 channels, the model wants {}",
                                             printable(path.string()), shape_text(wanted)));
  }
  Image image = fitted(read_image(path), 0, wanted[1], wanted[2]);
  if (wanted[0] == 1) image = grey(image);
  const Tensor pixels = at::empty({1, wanted[0], wanted[1], wanted[2]}, at::kFloat);
  write_pixels(image.pixels, {pixels.data_ptr<float>(), image.pixels.size()});
  return pixels;
}

}  // namespace

Tensor read_single_image(const std::string& name, const Shape& wanted) {
  if (is_image_name(name)) return photograph(name, wanted);
  const ImageName image = parsed(name);
  Tensor pixels;
  if (std::filesystem::is_directory(image.path)) {
    const DatasetPointer test =
        open_split(format_of_folder(image.path, {}, wanted), Split::test, "");
    check_number(name, image.number, test->size());
    pixels = make_batch(*test, {{.index = image.number}}).inputs;
  } else {
    pixels = record_of(name, image);
  }
  if (!pixels.sizes().slice(1).equals(wanted)) {
    throw Error(ExitCode::usage,
                fmt::format("{}: the image is {}, the model wants {}", printable(name),
                            shape_text(pixels.sizes().slice(1).vec()), shape_text(wanted)));
  }
  return pixels;
}

std::vector<double> softened(const Tensor& logits, double temperature) {
  const Tensor row = at::softmax(logits[0].to(at::kDouble) / temperature, 0).contiguous();
  return {row.data_ptr<double>(), row.data_ptr<double>() + row.numel()};
}

std::vector<int64_t> falling_order(const std::vector<double>& values) {
  std::vector<int64_t> order(values.size());
  std::iota(order.begin(), order.end(), int64_t{0});
  std::stable_sort(order.begin(), order.end(), [&](int64_t a, int64_t b) {
    return values[static_cast<size_t>(a)] > values[static_cast<size_t>(b)];
  });
  return order;
}

}  // namespace retort
