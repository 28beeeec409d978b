// Writes reports of made-up runs: sample_pages FOLDER

#include <cstdio>
#include <string>

#include "retort/report/comparison.hpp"
#include "retort/report/report.hpp"
#include "retort/report/run_for_tests.hpp"
#include "retort/report/sweep_for_tests.hpp"
#include "retort/report/sweep_report.hpp"

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
  const auto write = [&](const std::string& name, const std::string& html) {
    const Path page = folder / (name + ".html");
    write_file(page, html);
    std::puts(page.c_str());
  };
  for (const auto& [name, run] : runs) write(name, report_html(run));
  write("comparison", comparison_html({{"runs/first", made_run(digits()), {}},
                                       {"runs/second", made_run(digits()), {"seed: 1 -> 2"}},
                                       {"runs/third", hostile_run(), {"<script>: 1 -> 2"}}}));
  std::vector<ComparedRun> many;
  for (int i = 1; i <= 12; ++i) {
    many.push_back({"runs/a-sweep-with-a-long-name/temperature=" + std::to_string(i) + ",seed=1",
                    made_run(digits()),
                    {}});
    many.back().result.models[1].training = made_training(4 * i, 1, 0.002 * i);
  }
  write("comparison_of_many", comparison_html(many));
  write("sweep", sweep_report_html(made_sweep()));
  write("hostile_sweep", sweep_report_html(hostile_sweep()));
  write("empty_sweep", sweep_report_html({}));
  write("targets", soft_targets_page(made_soft_targets(digits()), "0.1.0"));
}
