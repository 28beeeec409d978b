#pragma once

#include <string>

#include "retort/report/frame.hpp"
#include "retort/result/sweep_result.hpp"

namespace retort {

/// The page of a sweep: what was varied, a table of its rows, a plot for each field of numbers, and
/// links to the pages of its cells. One HTML file like the page of a run.
std::string sweep_report_html(const SweepResult& sweep);
/// The same before it is put together.
Page sweep_page(const SweepResult& sweep);

}  // namespace retort
