#pragma once

#include <string>
#include <string_view>

namespace retort {

enum class Anchor { start, middle, end };

/// A drawing in its own units, as wide as its place allows. Colours and strokes come from the
/// page's style by the classes; texts and titles are escaped here. A coordinate that is no number
/// is drawn at 0.
class Svg {
 public:
  /// `label` says what is seen, for those who cannot see it.
  Svg(double width, double height, std::string_view label);

  void line(double x1, double y1, double x2, double y2, std::string_view classes);
  void rectangle(double x, double y, double width, double height, std::string_view classes);
  void circle(double x, double y, double radius, std::string_view classes,
              std::string_view title = "");
  /// `steps` is an SVG path ("M0 0L1 1").
  void path(std::string_view steps, std::string_view classes, double opacity = 1);
  void text(double x, double y, Anchor anchor, std::string_view text,
            std::string_view classes = "");
  /// A text that runs upwards to the right from its start.
  void slanted_text(double x, double y, std::string_view text, std::string_view classes = "");

  /// The drawing as HTML. `least_width` > 0: not narrower than that many CSS pixels.
  std::string html(double least_width = 0) const;

 private:
  double width_, height_;
  std::string label_;
  std::string shapes_;
};

/// A coordinate as it is written in a path: two decimals at most.
std::string coordinate(double value);

}  // namespace retort
