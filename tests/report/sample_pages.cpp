// Writes reports of made-up runs: sample_pages FOLDER

#include <cstdio>
#include <string>

#include "retort/report/report.hpp"
#include "retort/report/run_for_tests.hpp"

int main(int count, char** arguments) {
  using namespace retort;
  if (count != 2) return 2;
  const Path folder = arguments[1];
  const std::pair<const char*, RunResult> runs[] = {
      {"normal", made_run(digits())},
      {"hostile", hostile_run()},
      {"hundred_classes", hundred_classes_run()},
      {"minimal", minimal_run()},
      {"empty", {}},
  };
  for (const auto& [name, run] : runs) {
    const Path page = folder / (std::string(name) + ".html");
    write_file(page, report_html(run));
    std::puts(page.c_str());
  }
  write_file(folder / "targets.html", soft_targets_page(made_soft_targets(digits()), "0.1.0"));
}
