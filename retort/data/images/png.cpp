#include <fmt/format.h>
#include <png.h>

#include <array>
#include <cassert>
#include <csetjmp>
#include <cstring>

#include "retort/base/error.hpp"
#include "retort/data/images/decoders.hpp"

namespace retort {
namespace {

constexpr png_alloc_size_t most_chunk_bytes = png_alloc_size_t{1} << 24;
constexpr png_uint_32 most_chunks = 1000;

class PngDecoder {
 public:
  explicit PngDecoder(std::string_view bytes) : rest_(bytes) {
    png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, this, leave, ignore);
    info_ = png_ != nullptr ? png_create_info_struct(png_) : nullptr;
    if (info_ == nullptr) throw std::bad_alloc();
    png_set_chunk_malloc_max(png_, most_chunk_bytes);
    png_set_chunk_cache_max(png_, most_chunks);
    png_set_read_fn(png_, this, read);
  }
  ~PngDecoder() { png_destroy_read_struct(&png_, &info_, nullptr); }
  PngDecoder(const PngDecoder&) = delete;
  PngDecoder& operator=(const PngDecoder&) = delete;

  DecodedImage decoded() {
    guarded([&] { png_read_info(png_, info_); });
    DecodedImage result{
        blank_image(png_get_image_height(png_, info_), png_get_image_width(png_, info_))};
    guarded([&] {
      png_set_expand(png_);  // palettes to colours, few bits to 8
      png_set_strip_16(png_);
      png_set_strip_alpha(png_);
      png_set_gray_to_rgb(png_);
      png_set_interlace_handling(png_);
      png_read_update_info(png_, info_);
    });
    const size_t row_bytes = png_get_rowbytes(png_, info_);
    assert(row_bytes == 3 * static_cast<size_t>(result.image.width()));
    std::vector<uint8_t> colours(row_bytes * static_cast<size_t>(result.image.height()));
    std::vector<png_bytep> rows;
    for (size_t start = 0; start < colours.size(); start += row_bytes) {
      rows.push_back(colours.data() + start);
    }
    guarded([&] {
      png_read_image(png_, rows.data());
      png_read_end(png_, info_);
    });
    for (size_t y = 0; y < rows.size(); ++y) {
      put_row(result.image, static_cast<int64_t>(y), rows[y]);
    }
    result.orientation = orientation();
    return result;
  }

 private:
  // libpng is C: it leaves by longjmp, over frames that own nothing.
  [[noreturn]] static void leave(png_structp png, png_const_charp text) {
    auto* self = static_cast<PngDecoder*>(png_get_error_ptr(png));
    std::snprintf(self->text_.data(), self->text_.size(), "%s", text);
    std::longjmp(self->back_, 1);
  }
  static void ignore(png_structp, png_const_charp) {}

  static void read(png_structp png, png_bytep to, size_t count) {
    auto* self = static_cast<PngDecoder*>(png_get_io_ptr(png));
    if (count > self->rest_.size()) png_error(png, "is cut off");
    std::memcpy(to, self->rest_.data(), count);
    self->rest_.remove_prefix(count);
  }

  // Does a step of libpng; its failure becomes an Error.
  template <class Step>
  void guarded(const Step& step) {
    if (setjmp(back_) != 0) throw Error(ExitCode::data, text_.data());
    step();
  }

  int orientation() {
    png_uint_32 size = 0;
    png_bytep tiff = nullptr;
    if (png_get_eXIf_1(png_, info_, &size, &tiff) == 0) return 1;
    return exif_orientation({reinterpret_cast<const char*>(tiff), size});
  }

  std::string_view rest_;
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
  std::jmp_buf back_;
  std::array<char, 200> text_;
};

}  // namespace

DecodedImage decode_png(std::string_view bytes) {
  return PngDecoder(bytes).decoded();
}

}  // namespace retort
