#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "retort/report/escape.hpp"
#include "retort/report/matrix.hpp"
#include "retort/report/number_words.hpp"
#include "retort/report/soft_target_parts.hpp"

namespace retort {
namespace {

constexpr size_t most_drawn = 100;  // classes

struct Likeness {
  int64_t row = 0, column = 0;
  double share = 0;
};

// Everything off the diagonal.
std::vector<Likeness> likenesses(const SoftTargets& targets) {
  std::vector<Likeness> found;
  for (size_t row = 0; row < targets.similarity.size(); ++row) {
    const std::vector<double>& shares = targets.similarity[row];
    for (size_t column = 0; column < shares.size(); ++column) {
      // A class without images has a row of zeros.
      if (row == column || !(shares[row < shares.size() ? row : 0] > 0)) continue;
      found.push_back({static_cast<int64_t>(row), static_cast<int64_t>(column), shares[column]});
    }
  }
  return found;
}

std::string cell_words(double share) {
  const double hundredths = 100 * share;
  if (!(hundredths >= 0.05)) return "0";
  return fmt::format("{:.{}f}", hundredths, hundredths < 9.95 ? 1 : 0);
}

Matrix matrix_of(const SoftTargets& targets, double most) {
  Matrix matrix{.classes = {},
                .cells = {},
                .caption = fmt::format("Mean soft target of each class at T = {}, in %",
                                       significant(targets.similarity_temperature)),
                .label =
                    "similarity of the classes: true classes by row, mean probabilities by "
                    "column",
                .rows = "true",
                .columns = "probability of",
                .colour = "teacher"};
  for (size_t row = 0; row < targets.similarity.size(); ++row) {
    matrix.classes.push_back(class_name(targets, static_cast<int64_t>(row)));
    const std::vector<double>& shares = targets.similarity[row];
    for (size_t column = 0; column < std::min(shares.size(), targets.similarity.size()); ++column) {
      matrix.cells.push_back(
          {.row = row,
           .column = column,
           .strength = row == column || !(most > 0) ? 0 : std::sqrt(shares[column] / most),
           .number = cell_words(shares[column]),
           .is_minor = row == column});
    }
  }
  return matrix;
}

}  // namespace

std::string similarity_html(const SoftTargets& targets) {
  const std::vector<Likeness> all = likenesses(targets);
  if (all.empty()) return "";
  const auto by_share = [](const Likeness& a, const Likeness& b) { return a.share < b.share; };
  const Likeness most = *std::max_element(all.begin(), all.end(), by_share);
  const Likeness least = *std::min_element(all.begin(), all.end(), by_share);
  const auto words = [&](const Likeness& one) {
    return fmt::format("{} to {} for {}", probability_words(one.share),
                       name_html(class_name(targets, one.column)), one_of_class(targets, one.row));
  };
  const std::string reading = fmt::format(
      "<p class=\"reading\">Each row is the mean of the soft targets of all images of a class. "
      "With "
      "hard labels everything beside the diagonal would be 0: no class would be like another. To "
      "this teacher some are: most of all it gives {} (the darkest cell), least of all {}.</p>",
      words(most), words(least));
  return targets.similarity.size() > most_drawn
             ? reading
             : reading + "<div class=\"panels\">" + matrix_html(matrix_of(targets, most.share)) +
                   "</div>";
}

}  // namespace retort
