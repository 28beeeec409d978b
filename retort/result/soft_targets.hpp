#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace retort {

/// What the soft targets p = softmax(t / T) of a teacher's logits t are like at one temperature;
/// means over the images. Formulas: retort/evaluate/soft_targets.hpp.
struct TemperatureStatistics {
  double temperature = 1;
  double entropy_bits = 0;       // a hard label has 0
  double entropy_share = 0;      // of log2(classes), the most there can be
  double off_top = 0;            // probability on all classes but the teacher's answer
  double spread = 0;             // largest less smallest probability of an image
  double bits_beyond_class = 0;  // a target tells of its image that the class does not
  double negative_share = 0;     // of the distillation gradient, on all labels but the answer
  double far_share = 0;          // on those of them far below the mean
};

/// An image with its soft targets.
struct SoftTargetExample {
  int64_t index = 0;               // in its split
  std::array<int64_t, 3> shape{};  // C, H, W
  std::vector<uint8_t> pixels;     // C * H * W
  int64_t label = 0;               // -1: none
  int64_t answer = 0;              // the teacher's
  // At SoftTargets::temperatures, one by one:
  std::vector<std::vector<double>> probabilities;  // by class
  std::vector<double> entropy_bits;
};

/// Two images of one class that the teacher gets right, each most like another wrong class.
struct TellingPair {
  int64_t label = 0;
  SoftTargetExample first, second;
  int64_t first_favours = 0, second_favours = 0;
  double lead = 0;  // of the favoured wrong class over the next, at T = 1; the smaller of the two
};

/// What a teacher's outputs hold beyond the labels.
struct SoftTargets {
  std::string teacher;
  std::vector<std::string> classes;
  std::string split;  // train | test
  int64_t count = 0;  // images
  // The chosen temperature; 0: none, the student matches the logits themselves.
  double temperature = 0;
  std::vector<double> temperatures;               // of the examples; rising
  std::vector<TemperatureStatistics> statistics;  // at these and between them; rising
  double far_labels = 0;  // negative labels far below the mean in an image, on average
  double similarity_temperature = 0;
  std::vector<std::vector<double>> similarity;  // [true class]: mean soft target
  bool typical = false;  // the example is the image of median entropy, not one that was asked for
  std::vector<SoftTargetExample> examples;
  std::vector<TellingPair> pairs;  // the largest lead first
  std::vector<std::string> warnings;

  /// Where one of the `temperatures` stands; 0 where it is not there.
  size_t place_of(double wanted) const;
  /// The statistics at one of the temperatures; nullptr where there are none.
  const TemperatureStatistics* at(double wanted) const;
};

}  // namespace retort
