#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "retort/report/escape.hpp"
#include "retort/report/number_words.hpp"
#include "retort/report/page_models.hpp"
#include "retort/report/picture.hpp"
#include "retort/report/sections.hpp"
#include "retort/report/svg.hpp"

namespace retort {
namespace {

double at(const std::vector<double>& values, size_t index) {
  return index < values.size() ? values[index] : 0;
}

// The classes that a card shows: those that student or teacher hold likeliest, the label always.
std::vector<size_t> shown_classes(const WrongImage& image) {
  constexpr size_t most = 4;
  const auto label = static_cast<size_t>(image.label);
  std::vector<size_t> classes(std::max(image.student.size(), image.teacher.size()));
  std::iota(classes.begin(), classes.end(), size_t{0});
  const auto strength = [&](size_t index) {
    return index == label ? 2 : std::max(at(image.student, index), at(image.teacher, index));
  };
  const size_t count = std::min(most, classes.size());
  std::partial_sort(classes.begin(), classes.begin() + static_cast<int64_t>(count), classes.end(),
                    [&](size_t a, size_t b) { return strength(a) > strength(b); });
  classes.resize(count);
  std::sort(classes.begin(), classes.end(),
            [&](size_t a, size_t b) { return at(image.student, a) > at(image.student, b); });
  return classes;
}

constexpr size_t longest_label = 12;  // characters

// Units of a drawing that the names of the classes take.
double room_for_labels(const RunResult& result) {
  size_t longest = 1;
  for (const std::string& name : result.classes) longest = std::max(longest, name.size());
  return 8 + 6.3 * static_cast<double>(std::min(longest, longest_label));
}

std::string probabilities_html(const RunResult& result, const WrongImage& image) {
  constexpr double row = 19, width = 156;
  const double start = room_for_labels(result), length = width - 4 - start;
  const std::vector<size_t> classes = shown_classes(image);
  Svg svg(width, row * static_cast<double>(classes.size()), "probabilities of student and teacher");
  double y = 0;
  for (const size_t index : classes) {
    svg.text(start - 6, y + 13, Anchor::end, shortened(class_name(result, index), longest_label),
             static_cast<int64_t>(index) == image.label ? "strong" : "");
    svg.rectangle(start, y + 3, length * std::clamp(at(image.student, index), 0.0, 1.0), 6,
                  "area student");
    svg.rectangle(start, y + 10, length * std::clamp(at(image.teacher, index), 0.0, 1.0), 6,
                  "area teacher");
    svg.line(start, y + 2, start, y + 17, "grid");
    y += row;
  }
  return svg.html();
}

std::string card_html(const RunResult& result, const WrongImage& image) {
  const std::string drawn =
      picture_html(image.shape, image.pixels, fmt::format("test image {}", image.index));
  const auto name = [&](int64_t index) {
    return name_html(class_name(result, static_cast<size_t>(std::max<int64_t>(0, index))), 24);
  };
  return fmt::format("<li>{}<p>{} <span>taken for</span> {}</p>{}<small>number {}</small></li>",
                     drawn, name(image.label), name(image.answer),
                     probabilities_html(result, image), thousands(image.index));
}

}  // namespace

std::string wrong_images_html(const RunResult& result) {
  if (result.wrong_images.empty()) return "";
  std::string cards;
  bool with_teacher = false;
  for (const WrongImage& image : result.wrong_images) {
    cards += card_html(result, image);
    with_teacher = with_teacher || !image.teacher.empty();
  }
  const std::string who =
      with_teacher
          ? fmt::format(
                "the <b class=\"student\">student’s</b> probabilities at temperature 1, below "
                "them the <b class=\"teacher\">teacher’s</b> at temperature {}",
                significant(result.report_temperature))
          : "the <b class=\"student\">student’s</b> probabilities";
  const ModelResult* student = first_with_role(result, "student");
  const auto shown = static_cast<int64_t>(result.wrong_images.size());
  const std::string how_many = student != nullptr && student->test.errors > shown
                                   ? fmt::format("{} of {} mistakes, the most confident first",
                                                 shown, thousands(student->test.errors))
                                   : counted(shown, "mistake", "mistakes");
  return fmt::format(
      "<p class=\"note\">{}. Bars: {}. The true class is bold.</p><ul class=\"cards\">{}</ul>",
      how_many, who, cards);
}

}  // namespace retort
