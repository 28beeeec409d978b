#include "retort/result/json_numbers.hpp"
#include "retort/result/sweep_result.hpp"
#include "retort/result/verdict_json.hpp"

namespace retort {
namespace {

using Values = std::vector<std::pair<std::string, std::string>>;

Json values_json(const Values& values) {
  Json object = Json::object();
  for (const auto& [field, value] : values) object[field] = value;
  return object;
}

Values values_from(const Json& json) {
  Values values;
  for (const auto& [field, value] : json.items()) values.emplace_back(field, value);
  return values;
}

Json spread_json(const Spread& spread) {
  return {{"n", spread.count},
          {"mean", number_or_null(spread.mean)},
          {"standard_deviation", number_or_null(spread.deviation)},
          {"interval", {number_or_null(spread.low), number_or_null(spread.high)}}};
}

Json paired_json(const PairedTest& test) {
  return {{"first", test.first},
          {"second", test.second},
          {"only_first_wrong", test.only_first_wrong},
          {"only_second_wrong", test.only_second_wrong},
          {"p", number_or_null(test.p)}};
}

Json cell_json(const CellResult& cell) {
  Json models = Json::object(), paired = Json::array();
  for (const CellModel& model : cell.models) {
    models[model.name] = {
        {"role", model.role},       {"errors", model.errors},         {"count", model.count},
        {"teaches", model.teaches}, {"parameters", model.parameters}, {"macs", model.macs}};
  }
  for (const PairedTest& test : cell.paired) paired.push_back(paired_json(test));
  return {{"folder", cell.slug},
          {"values", values_json(cell.values)},
          {"status", cell.status},
          {"error", cell.error.empty() ? Json() : Json(cell.error)},
          {"exit_code", cell.exit_code},
          {"models", models},
          {"paired", paired}};
}

CellResult cell_from(const Json& json) {
  CellResult cell{.slug = json.at("folder"),
                  .values = values_from(json.at("values")),
                  .status = json.at("status"),
                  .error = json.at("error").is_null() ? "" : json.at("error").get<std::string>(),
                  .exit_code = json.at("exit_code"),
                  .models = {},
                  .paired = {}};
  for (const auto& [name, model] : json.at("models").items()) {
    cell.models.push_back({name, model.at("role"), model.at("errors"), model.at("count"),
                           model.value("teaches", false), model.value("parameters", int64_t{0}),
                           model.value("macs", int64_t{0})});
  }
  for (const Json& test : json.at("paired")) {
    cell.paired.push_back({test.at("first"), test.at("second"), test.at("only_first_wrong"),
                           test.at("only_second_wrong"), test.at("p")});
  }
  return cell;
}

Json row_json(const SweepRow& row) {
  Json errors = Json::object();
  for (const auto& [model, spread] : row.errors) errors[model] = spread_json(spread);
  const std::optional<double> closed = gap_closed(row);
  return {{"values", values_json(row.values)},
          {"cells", row.cells},
          {"errors", errors},
          {"student_minus_twin", spread_json(row.difference)},
          {"teacher", row.teacher.empty() ? Json() : Json(row.teacher)},
          {"gap_closed", closed ? Json(*closed) : Json()},
          {"largest_p", row.largest_p < 0 ? Json() : Json(row.largest_p)}};
}

SweepResult sweep_from(const Json& json) {
  SweepResult sweep{.name = json.at("sweep"),
                    .status = json.at("status"),
                    .fields = {},
                    .cells = {},
                    .rows = {},
                    .verdicts = {}};
  for (const Json& field : json.at("fields")) {
    sweep.fields.push_back({field.at("field"), field.at("label"), field.at("values")});
  }
  for (const Json& cell : json.at("cells")) sweep.cells.push_back(cell_from(cell));
  sweep.rows = rows_of(sweep.cells);
  for (const Json& one : json.at("expected")) sweep.verdicts.push_back(verdict_from_json(one));
  return sweep;
}

}  // namespace

std::string sweep_json(const SweepResult& sweep) {
  Json fields = Json::array(), cells = Json::array(), rows = Json::array();
  for (const SweptField& field : sweep.fields) {
    fields.push_back({{"field", field.field}, {"label", field.label}, {"values", field.values}});
  }
  for (const CellResult& cell : sweep.cells) cells.push_back(cell_json(cell));
  for (const SweepRow& row : sweep.rows) rows.push_back(row_json(row));
  Json expected = Json::array();
  for (const Verdict& one : sweep.verdicts) expected.push_back(verdict_json(one));
  const Json document = {{"schema", 1},         {"sweep", sweep.name}, {"status", sweep.status},
                         {"fields", fields},    {"cells", cells},      {"rows", rows},
                         {"expected", expected}};
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

SweepResult read_sweep_result(const Path& path) {
  return read_json(path, sweep_from);
}

}  // namespace retort
