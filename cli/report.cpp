#include <fmt/format.h>

#include "cli/verbs.hpp"
#include "retort/pipeline.hpp"

namespace retort::cli {
namespace {

struct ReportOptions : Options {
  std::vector<std::string> runs;
  std::string out;
};

// Draws the page that was asked for; returns its path.
std::string draw(const ReportOptions& options) {
  if (options.runs.size() == 1) {
    if (!options.out.empty()) {
      throw Error(ExitCode::usage,
                  "--out: the page of one run stands in its folder; name several "
                  "runs to compare them");
    }
    return report(options.runs.front()).string();
  }
  const std::vector<Path> folders(options.runs.begin(), options.runs.end());
  const Path out = options.out.empty() ? Path("comparison.html") : Path(options.out);
  report_comparison(folders, out);
  return out.string();
}

}  // namespace

void add_report(CLI::App& command) {
  auto options = std::make_shared<ReportOptions>();
  CLI::App* verb = command.add_subcommand(
      "report", "draw the page of a run or sweep again, or one that compares several runs");
  verb->add_option("RUN", options->runs, "folder of a run or sweep; of several runs: compare")
      ->required();
  verb->add_option("--out", options->out, "file of a comparison; else comparison.html")
      ->type_name("FILE");
  add_json(*verb, *options);
  verb->footer(
      "Example:\n  retort report runs/mnist-quick\n"
      "  retort report runs/mnist-quick runs/mnist-quick-2 --out comparison.html");
  verb->callback([options] {
    const std::string page = draw(*options);
    options->json ? print(Json{{"report", page}}) : print(page + "\n");
  });
}

}  // namespace retort::cli
