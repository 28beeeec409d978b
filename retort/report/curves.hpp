#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "retort/result/training_record.hpp"

namespace retort {

struct CurvePoint {
  double at = 0, value = 0;
};

/// One line of a panel.
struct Curve {
  std::string classes;  // colour and dash
  std::string title;    // a stranger's text, shown over its last point; may be empty
  std::vector<CurvePoint> points;
};

/// What a panel is drawn against.
enum class Progress { epochs, steps };

/// What an epoch says; nothing when it was not measured or is no number.
using Reading = std::optional<double> (*)(const EpochRecord&);
std::optional<double> training_loss(const EpochRecord& epoch);
std::optional<double> validation_error(const EpochRecord& epoch);
std::optional<double> test_error(const EpochRecord& epoch);

std::vector<CurvePoint> points_of(const TrainingRecord& training, Reading reading,
                                  Progress progress);

/// Whether the longest of the curves is so much longer than the shortest that on a linear scale the
/// shortest would be a speck.
bool lengths_differ_much(const std::vector<Curve>& curves);

/// How the numbers of a panel are written.
std::string percent_tick(double share);
std::string loss_tick(double loss);

/// Curves over each other as a figure, the first on top; none of them without points. The scale of
/// the values is logarithmic where they span more than a factor of eight, that of progress where
/// asked.
std::string curves_html(std::string_view title, const std::vector<Curve>& curves, Progress progress,
                        bool logarithmic, std::string (*words)(double));

}  // namespace retort
