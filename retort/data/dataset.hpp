#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "retort/base/hash.hpp"
#include "retort/tensor/shape.hpp"

namespace retort {

/// Class names; a label is an index into them.
using Classes = std::vector<std::string>;

/// The label of a sample that has none.
inline constexpr int64_t no_label = -1;

/// Which sample, in which augmented version of it.
struct SampleKey {
  int64_t index = 0;
  int64_t view = 0;
  bool operator==(const SampleKey&) const = default;
};

/// Labelled images as a pure map: the same key gives the same bytes, on any thread.
class Dataset {
 public:
  virtual ~Dataset() = default;
  virtual int64_t size() const = 0;
  /// [C, H, W]
  virtual const Shape& shape() const = 0;
  virtual const Classes& classes() const = 0;
  /// Changes when a pixel, a label, a class name, the order or an augmentation changes.
  virtual Fingerprint fingerprint() const = 0;
  /// How many different views a sample has: 1 without augmentation.
  virtual int64_t views() const { return 1; }
  /// What was done to the images, in words, a line each; empty without augmentation. A view is a
  /// number in this.
  virtual std::string augmentation() const { return ""; }
  /// Where a sample stands in the data set that this one is made of, by choice or augmentation:
  /// what recordings are keyed by. A data set of its own is its source itself.
  virtual int64_t source_index(int64_t index) const { return index; }
  virtual int64_t source_size() const { return size(); }
  virtual Fingerprint source_fingerprint() const { return fingerprint(); }
  /// What a user should know of how it was read, a line each: files left out, parts not there.
  virtual std::vector<std::string> warnings() const { return {}; }
  /// A class, or no_label.
  virtual int64_t label(int64_t index) const = 0;
  /// Names of the pools that its samples come from, such as the folder of a teacher's images; none:
  /// nothing is known of that.
  virtual const Classes& pools() const;
  /// An index into pools(), or no_label.
  virtual int64_t pool(int64_t /*index*/) const { return no_label; }
  /// Writes the C * H * W pixels in [0, 1].
  virtual void read(SampleKey key, std::span<float> pixels) const = 0;
};

using DatasetPointer = std::shared_ptr<const Dataset>;

}  // namespace retort
