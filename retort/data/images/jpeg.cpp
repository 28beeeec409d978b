#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <csetjmp>
#include <cstdio>

// After <cstdio>, which they need and do not include.
#include <jerror.h>
#include <jpeglib.h>

#include "retort/base/error.hpp"
#include "retort/data/images/decoders.hpp"

namespace retort {
namespace {

constexpr int most_scans = 500;  // of a progressive file: each passes over the whole image
constexpr std::string_view exif_name("Exif\0\0", 6);

// libjpeg is C: it leaves by longjmp, over frames that own nothing.
struct Failure : jpeg_error_mgr {
  std::jmp_buf back;
  std::array<char, JMSG_LENGTH_MAX> text;
};

[[noreturn]] void leave(j_common_ptr decoder) {
  auto* failure = static_cast<Failure*>(decoder->err);
  failure->format_message(decoder, failure->text.data());
  std::longjmp(failure->back, 1);
}

// A warning is what libjpeg mends by guessing: the image would be partly made up. Those excepted
// that cost no pixel.
void judge(j_common_ptr decoder, int level) {
  const int code = decoder->err->msg_code;
  const bool harmless =
      code == JWRN_EXTRANEOUS_DATA || code == JWRN_JFIF_MAJOR || code == JWRN_ADOBE_XFORM;
  if (level < 0 && !harmless) leave(decoder);
}

void stop_endless_scans(j_common_ptr common) {
  auto* decoder = reinterpret_cast<j_decompress_ptr>(common);
  if (decoder->input_scan_number > most_scans) {
    auto* failure = static_cast<Failure*>(common->err);
    std::snprintf(failure->text.data(), failure->text.size(), "more than %d scans", most_scans);
    std::longjmp(failure->back, 1);
  }
}

class JpegDecoder {
 public:
  JpegDecoder() {
    decoder_.err = jpeg_std_error(&failure_);
    failure_.error_exit = leave;
    failure_.emit_message = judge;
    progress_.progress_monitor = stop_endless_scans;
    guarded([&] { jpeg_create_decompress(&decoder_); });
    decoder_.progress = &progress_;
  }
  ~JpegDecoder() { jpeg_destroy_decompress(&decoder_); }
  JpegDecoder(const JpegDecoder&) = delete;
  JpegDecoder& operator=(const JpegDecoder&) = delete;

  DecodedImage decoded(std::string_view bytes) {
    guarded([&] {
      jpeg_mem_src(&decoder_, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
      jpeg_save_markers(&decoder_, JPEG_APP0 + 1, 0xffff);
      jpeg_read_header(&decoder_, TRUE);
    });
    DecodedImage result{blank_image(decoder_.image_height, decoder_.image_width), orientation()};
    const bool four_inks =
        decoder_.jpeg_color_space == JCS_CMYK || decoder_.jpeg_color_space == JCS_YCCK;
    decoder_.out_color_space = four_inks ? JCS_CMYK : JCS_RGB;
    guarded([&] { jpeg_start_decompress(&decoder_); });
    std::vector<uint8_t> row(static_cast<size_t>(result.image.width()) * (four_inks ? 4 : 3));
    for (int64_t y = 0; y < result.image.height(); ++y) {
      guarded([&] {
        JSAMPROW to = row.data();
        jpeg_read_scanlines(&decoder_, &to, 1);
      });
      if (four_inks) mix_inks(row);
      put_row(result.image, y, row.data());
    }
    guarded([&] { jpeg_finish_decompress(&decoder_); });
    return result;
  }

 private:
  // Does a step of libjpeg; its failure becomes an Error.
  template <class Step>
  void guarded(const Step& step) {
    if (setjmp(failure_.back) != 0) throw Error(ExitCode::data, failure_.text.data());
    step();
  }

  int orientation() const {
    for (auto* marker = decoder_.marker_list; marker != nullptr; marker = marker->next) {
      const std::string_view data(reinterpret_cast<const char*>(marker->data), marker->data_length);
      if (data.starts_with(exif_name)) return exif_orientation(data.substr(exif_name.size()));
    }
    return 1;
  }

  // Cyan, magenta, yellow and black, stored inverted as Adobe does, to red, green and blue in
  // place; in whole numbers as Pillow does it.
  static void mix_inks(std::vector<uint8_t>& row) {
    for (size_t from = 0, to = 0; from < row.size(); from += 4, to += 3) {
      const int paper = row[from + 3];
      for (size_t i = 0; i < 3; ++i) {
        const int product = (255 - row[from + i]) * paper + 128;
        const int ink = ((product >> 8) + product) >> 8;
        row[to + i] = static_cast<uint8_t>(std::max(0, paper - ink));
      }
    }
  }

  jpeg_decompress_struct decoder_{};
  Failure failure_{};
  jpeg_progress_mgr progress_{};
};

}  // namespace

DecodedImage decode_jpeg(std::string_view bytes) {
  return JpegDecoder().decoded(bytes);
}

}  // namespace retort
