#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace retort {

/// A cell of a matrix of classes.
struct MatrixCell {
  size_t row = 0, column = 0;
  double strength = 0;    // of its shade, 0 to 1
  std::string number;     // shown while there is room; empty: none
  bool is_minor = false;  // the number is no news
};

/// A matrix of classes as a drawing with shaded cells.
struct Matrix {
  std::vector<std::string> classes;
  std::vector<MatrixCell> cells;
  std::string caption;        // HTML
  std::string label;          // for those who cannot see it
  std::string rows, columns;  // what they are
  std::string_view colour;    // a class of the page's style
};

std::string matrix_html(const Matrix& matrix);

}  // namespace retort
