#include <fmt/format.h>

#include "cli/verbs.hpp"
#include "retort/data/formats.hpp"
#include "retort/model/ops.hpp"
#include "retort/pipeline.hpp"

namespace retort::cli {
namespace {

using Rows = std::vector<std::pair<std::string, std::string>>;

Rows op_rows() {
  Rows rows;
  for (const Op& op : ops()) rows.emplace_back(op.name, op.help);
  return rows;
}

struct ListedTable {
  const char* name;
  Rows (*rows)();
};

// Everything that an experiment or a model can be made of.
constexpr ListedTable tables[] = {
    {"terms", KindsOf<decltype(TermSettings::value)>::rows},
    {"rules", KindsOf<MergeRule>::rows},
    {"models", KindsOf<ZooNetwork>::rows},
    {"ops", op_rows},
    {"optimisers", KindsOf<OptimiserKind>::rows},
    {"schedules", KindsOf<Schedule>::rows},
    {"transforms", KindsOf<decltype(Transform::value)>::rows},
    {"formats", KindsOf<DataFormat>::rows},
};

std::vector<FieldRow> experiment_fields() {
  Experiment experiment;
  return field_rows([&](FieldVisitor& visitor) { experiment.describe(visitor); });
}

// docs/fields.md is this text.
std::string fields_page() {
  std::string text =
      "# Fields of an experiment file\n\nMade by `retort list fields`. A test compares. A file may "
      "have a table\n`[sweep]` too: see [sweep.md](sweep.md).\n\n"
      "| field | only with | type | default | range | what it is |\n| --- | --- | --- | --- | --- "
      "| "
      "--- |\n";
  const auto cell = [](std::string value) {
    for (size_t i = value.find('|'); i != std::string::npos; i = value.find('|', i + 2)) {
      value.replace(i, 1, "\\|");
    }
    return value;
  };
  for (const FieldRow& row : experiment_fields()) {
    text += fmt::format("| {} | {} | {} | {} | {} | {} |\n", row.path, cell(row.kind), row.type,
                        cell(row.fallback), cell(row.range), cell(row.help));
  }
  return text;
}

void list_verb(const std::string& what, bool json) {
  Json document = Json::object();
  std::string text;
  for (const ListedTable& listed : tables) {
    if (!what.empty() && what != listed.name) continue;
    Json list = Json::array();
    text += fmt::format("{}{}\n", text.empty() ? "" : "\n", listed.name);
    for (const auto& [name, help] : listed.rows()) {
      list.push_back({{"name", name}, {"help", help}});
      text += fmt::format("  {:<22} {}\n", name, help);
    }
    document[listed.name] = list;
  }
  if (what.empty()) text += "\nfields\n  of an experiment file: retort list fields\n";
  json ? print(document) : print(text);
}

void list_fields(bool json) {
  if (!json) {
    print(fields_page());
    return;
  }
  Json list = Json::array();
  for (const FieldRow& row : experiment_fields()) {
    list.push_back({{"path", row.path},
                    {"kind", row.kind},
                    {"type", row.type},
                    {"default", row.fallback},
                    {"range", row.range},
                    {"help", row.help}});
  }
  print(Json{{"fields", list}});
}

struct ListOptions : Options {
  std::string what;
};

}  // namespace

void add_list(CLI::App& command) {
  auto options = std::make_shared<ListOptions>();
  CLI::App* verb = command.add_subcommand("list", "what there is: terms, models, ops, fields, ...");
  std::vector<std::string> names = {"fields"};
  for (const ListedTable& listed : tables) names.emplace_back(listed.name);
  verb->add_option("TABLE", options->what, "one of: " + join(names))->check(CLI::IsMember(names));
  add_json(*verb, *options);
  verb->footer("Example:\n  retort list terms");
  verb->callback([options] {
    options->what == "fields" ? list_fields(options->json)
                              : list_verb(options->what, options->json);
  });
}

}  // namespace retort::cli
