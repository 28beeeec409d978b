#include <ATen/ops/arange.h>
#include <ATen/ops/isfinite.h>
#include <fmt/format.h>

#include <chrono>

#include "retort/experiment/record.hpp"
#include "retort/store/npy.hpp"
#include "retort/tensor/safetensors.hpp"

namespace retort {
namespace {

struct Rows {
  Tensor logits;   // [N, classes] fp32
  Tensor numbers;  // [N] int64
};

Rows read_rows(const Path& logits, const Path& numbers) {
  Rows rows;
  if (logits.extension() == ".npy") {
    rows.logits = read_npy(logits);
  } else if (logits.extension() == ".safetensors") {
    const Safetensors content = read_safetensors(logits);
    rows.logits = content.tensors.at("logits");
    if (const Tensor* found = content.tensors.find("numbers")) rows.numbers = *found;
  } else {
    throw Error(ExitCode::usage, fmt::format("--import: wanted a name that ends in .npy or "
                                             ".safetensors, got {}",
                                             printable(logits.string())));
  }
  if (!numbers.empty()) rows.numbers = read_npy(numbers);
  if (!rows.numbers.defined())
    rows.numbers = at::arange(rows.logits.numel() > 0 ? rows.logits.size(0) : 0, at::kLong);
  return rows;
}

void check_rows(const Rows& rows, const Dataset& images, const std::string& where) {
  const auto fail = [&](const std::string& what) {
    throw Error(ExitCode::data, fmt::format("{}: {}", where, what));
  };
  const auto classes = static_cast<int64_t>(images.classes().size());
  if (rows.logits.dim() != 2 || rows.logits.size(1) != classes || rows.logits.size(0) == 0 ||
      !rows.logits.is_floating_point()) {
    fail(fmt::format("wanted logits [N, {}], one for each class of the data, got [{}] of {}",
                     classes, fmt::join(rows.logits.sizes(), ", "),
                     at::toString(rows.logits.scalar_type())));
  }
  if (rows.numbers.dim() != 1 || rows.numbers.size(0) != rows.logits.size(0) ||
      rows.numbers.is_floating_point()) {
    fail(fmt::format("wanted a sample number for each of {} rows, got [{}] of {}",
                     rows.logits.size(0), fmt::join(rows.numbers.sizes(), ", "),
                     at::toString(rows.numbers.scalar_type())));
  }
  if (!rows.logits.isfinite().all().item<bool>()) fail("a logit is no finite number");
  std::vector<bool> seen(static_cast<size_t>(images.size()), false);
  for (int64_t row = 0; row < rows.numbers.size(0); ++row) {
    const auto number = rows.numbers[row].item<int64_t>();
    if (number < 0 || number >= images.size()) {
      fail(fmt::format("row {} is of sample {}; the data have samples 0 to {}", row, number,
                       images.size() - 1));
    }
    if (seen[static_cast<size_t>(number)])
      fail(fmt::format("sample {} stands there twice", number));
    seen[static_cast<size_t>(number)] = true;
  }
}

bool are_probabilities(const Tensor& logits) {
  const bool in_range = logits.ge(0).all().item<bool>();
  return in_range && logits.sum(1).sub(1).abs().max().item<double>() < 1e-3;
}

}  // namespace

RecordingReport import_logits(const Path& logits, const Path& numbers, const Dataset& images,
                              const Path& folder, const std::string& precision) {
  const auto start = std::chrono::steady_clock::now();
  Rows rows = read_rows(logits, numbers);
  rows.numbers = rows.numbers.contiguous();
  check_rows(rows, images, logits.string());
  rows.logits = rows.logits.to(at::kFloat).contiguous();
  const std::string_view bytes(static_cast<const char*>(rows.logits.const_data_ptr()),
                               rows.logits.nbytes());
  const Tensor numbered = rows.numbers.to(at::kLong).contiguous();
  const std::string_view number_bytes(static_cast<const char*>(numbered.const_data_ptr()),
                                      numbered.nbytes());
  const RecordingSubject subject{
      .teacher = fingerprint_of("imported " + fingerprint_of(bytes).text() +
                                fingerprint_of(number_bytes).text()),
      .data = images.source_fingerprint(),
      .transforms = images.augmentation(),
      .samples = images.source_size(),
      .views = images.views(),
      .precision = precision,
      .tensors = {{"logits", {rows.logits.size(1)}}}};
  std::vector<SampleKey> keys;
  for (int64_t row = 0; row < rows.numbers.size(0); ++row) {
    keys.push_back({rows.numbers[row].item<int64_t>(), 0});
  }
  const auto recording = Recording::open(folder, subject);
  const int64_t before = recording->rows();
  recording->add(keys, {{"logits", rows.logits}});
  recording->flush();
  std::vector<std::string> warnings = recording->warnings();
  if (are_probabilities(rows.logits)) {
    warnings.push_back(logits.string() +
                       ": every row is of numbers from 0 to 1 that sum to 1: probabilities? wanted "
                       "logits, such as their logarithms");
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  return {.teacher = logits.string(),
          .folder = folder,
          .rows = recording->rows(),
          .rows_of_all = subject.rows(),
          .row_bytes = subject.row_bytes(),
          .recorded = recording->rows() - before,
          .seconds = took.count(),
          .warnings = std::move(warnings)};
}

}  // namespace retort
