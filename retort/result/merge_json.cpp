#include "retort/result/merge_json.hpp"

#include <algorithm>

namespace retort {
namespace {

double share(int64_t part, int64_t whole) {
  return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : 0;
}

Json block_json(const MergeResult& merge, const BlockScores& scores) {
  Json within = Json::object();
  for (size_t m = 0; m < merge.members.size(); ++m) {
    const int64_t count = scores.block_count[m], errors = scores.within_errors[m];
    within[merge.members[m]] = {
        {"count", count}, {"errors", errors}, {"accuracy", share(count - errors, count)}};
  }
  return {{"count", scores.count},
          {"errors", scores.errors},
          {"accuracy", share(scores.count - scores.errors, scores.count)},
          {"other_block", scores.other_block},
          {"block_accuracy", share(scores.count - scores.other_block, scores.count)},
          {"within", within},
          {"confusion", scores.confusion}};
}

BlockScores block_from(const Json& json, const std::string& model,
                       const std::vector<std::string>& members) {
  BlockScores scores{.model = model,
                     .count = json.at("count"),
                     .errors = json.at("errors"),
                     .other_block = json.at("other_block"),
                     .block_count = {},
                     .within_errors = {},
                     .confusion = json.at("confusion")};
  for (const std::string& member : members) {
    scores.block_count.push_back(json.at("within").at(member).at("count"));
    scores.within_errors.push_back(json.at("within").at(member).at("errors"));
  }
  return scores;
}

}  // namespace

const MergeWay& MergeResult::best_way() const {
  return *std::min_element(ways.begin(), ways.end(), [](const MergeWay& a, const MergeWay& b) {
    return a.errors < b.errors;
  });
}

const BlockScores* MergeResult::of(const std::string& model) const {
  const auto found = std::find_if(models.begin(), models.end(),
                                  [&](const BlockScores& one) { return one.model == model; });
  return found == models.end() ? nullptr : &*found;
}

Json merge_json(const MergeResult& merge) {
  Json models = Json::object(), ways = Json::object();
  for (const BlockScores& scores : merge.models) models[scores.model] = block_json(merge, scores);
  for (const MergeWay& way : merge.ways) ways[way.name] = way.errors;
  return {{"teacher", merge.teacher},
          {"rule", merge.rule},
          {"members", merge.members},
          {"blocks", merge.blocks},
          {"models", models},
          {"teachers_together_errors", ways},
          {"right_teacher_errors", merge.owner_errors},
          {"gate", merge.gate.empty() ? Json()
                                      : Json({{"name", merge.gate},
                                              {"images", merge.gate_images},
                                              {"errors", merge.gate_errors}})}};
}

MergeResult merge_from_json(const Json& json) {
  MergeResult merge{.teacher = json.at("teacher"),
                    .rule = json.at("rule"),
                    .members = json.at("members"),
                    .blocks = json.at("blocks"),
                    .models = {},
                    .ways = {},
                    .owner_errors = json.at("right_teacher_errors")};
  for (const auto& [model, scores] : json.at("models").items()) {
    merge.models.push_back(block_from(scores, model, merge.members));
  }
  for (const auto& [way, errors] : json.at("teachers_together_errors").items()) {
    merge.ways.push_back({way, errors});
  }
  const Json& gate = json.at("gate");
  if (!gate.is_null()) {
    merge.gate = gate.at("name");
    merge.gate_images = gate.at("images");
    merge.gate_errors = gate.at("errors");
  }
  return merge;
}

}  // namespace retort
