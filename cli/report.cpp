#include <fmt/format.h>

#include "cli/verbs.hpp"
#include "retort/pipeline.hpp"

namespace retort::cli {
namespace {

struct ReportOptions : Options {
  std::string run;
};

}  // namespace

void add_report(CLI::App& command) {
  auto options = std::make_shared<ReportOptions>();
  CLI::App* verb = command.add_subcommand("report", "draw the page of a run again from its record");
  verb->add_option("RUN", options->run, "folder of a run")->required();
  add_json(*verb, *options);
  verb->footer("Example:\n  retort report runs/mnist-quick");
  verb->callback([options] {
    const std::string page = report(options->run).string();
    options->json ? print(Json{{"report", page}}) : print(page + "\n");
  });
}

}  // namespace retort::cli
