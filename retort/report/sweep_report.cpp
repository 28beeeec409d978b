#include "retort/report/sweep_report.hpp"

#include "retort/report/escape.hpp"
#include "retort/report/frame.hpp"

namespace retort {

std::string sweep_report_html(const SweepResult& sweep) {
  return framed_page(
      {.title = shortened(sweep.name, 100) + " – Retort", .name_html = name_html(sweep.name, 100)});
}

}  // namespace retort
