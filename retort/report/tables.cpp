#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "retort/report/bars.hpp"
#include "retort/report/escape.hpp"
#include "retort/report/number_words.hpp"
#include "retort/report/page_models.hpp"
#include "retort/report/sections.hpp"
#include "retort/report/table.hpp"

namespace retort {
namespace {

// One line of the table of models: what it is, and its value for each model as HTML; none when no
// model has a value.
template <class Cell>
std::string row(const Models& models, const std::string& what, Cell cell) {
  std::string cells;
  bool any = false;
  for (const ModelResult* model : models) {
    const std::string value = cell(*model);
    any = any || value != no_number;
    cells += fmt::format("<td>{}</td>", value);
  }
  return any ? fmt::format("<tr><th scope=\"row\">{}</th>{}</tr>", what, cells) : "";
}

std::string small(const std::string& html) {
  return "<small>" + html + "</small>";
}

std::string accuracy_cell(const Scores& scores) {
  if (scores.count <= 0) return std::string(no_number);
  const auto [low, high] = wilson_interval(scores.count - scores.errors, scores.count);
  return percent(scores.accuracy) + small(fmt::format("{:.2f}–{:.2f}", 100 * low, 100 * high));
}

// Test errors after an epoch, which is named.
std::string epoch_cell(const EpochRecord* epoch) {
  if (epoch == nullptr || epoch->test_errors < 0) return std::string(no_number);
  return thousands(epoch->test_errors) + small("epoch " + thousands(epoch->epoch));
}

// A measured number of the test split.
template <class Words>
auto tested(Words words) {
  return [words](const ModelResult& model) {
    return model.test.count > 0 ? words(model.test) : std::string(no_number);
  };
}

std::string positive(double number, const std::string& words) {
  return number > 0 ? words : std::string(no_number);
}

std::string training_cell(const ModelResult& model) {
  std::string seconds = positive(model.train_seconds, seconds_words(model.train_seconds));
  if (model.found) seconds += small("found");
  return seconds;
}

bool any_found(const Models& models) {
  return std::any_of(models.begin(), models.end(),
                     [](const ModelResult* model) { return model->found; });
}

std::string latency_rows(const RunResult& result, const Models& models) {
  std::set<std::pair<int64_t, int64_t>> settings;
  for (const Latency& one : result.latencies) settings.emplace(one.batch, one.threads);
  std::string rows;
  for (const auto& [batch, threads] : settings) {
    const std::string what =
        "Latency, ms" +
        small(fmt::format("{}, {}; median, 95th percentile", counted(batch, "image", "images"),
                          counted(threads, "thread", "threads")));
    rows += row(models, what, [&, batch = batch, threads = threads](const ModelResult& model) {
      for (const Latency& one : result.latencies) {
        if (one.model != model.name || one.batch != batch || one.threads != threads) continue;
        return significant(one.p50_ms) + small(significant(one.p95_ms));
      }
      return std::string(no_number);
    });
  }
  return rows;
}

std::string score_rows(const Models& models) {
  return row(models, "Errors" + small("after the last step"), tested([](const Scores& test) {
               return thousands(test.errors) + small("of " + thousands(test.count));
             })) +
         row(models, "Best on validation" + small("its test errors, its epoch"),
             [](const ModelResult& model) {
               return epoch_cell(model.training.best_on_validation());
             }) +
         row(models, "Best on test" + small("chosen on the test images: no measure"),
             [](const ModelResult& model) {
               const std::string cell = epoch_cell(model.training.best_on_test());
               return cell == no_number ? cell : "<span class=\"no-measure\">" + cell + "</span>";
             }) +
         row(models, "Accuracy" + small("95 % interval"),
             tested([](const Scores& test) { return accuracy_cell(test); })) +
         row(models, "Validation accuracy",
             [](const ModelResult& model) {
               return model.validation.count > 0 ? percent(model.validation.accuracy)
                                                 : std::string(no_number);
             }) +
         row(models, "NLL" + small("nats"),
             tested([](const Scores& test) { return significant(test.nll); })) +
         row(models, "ECE" + small("15 bins"),
             tested([](const Scores& test) { return significant(test.ece); }));
}

std::string cost_rows(const Models& models) {
  return row(models, "Parameters",
             [](const ModelResult& model) {
               return positive(static_cast<double>(model.parameters), thousands(model.parameters));
             }) +
         row(models, "MACs" + small("one image"),
             [](const ModelResult& model) {
               const auto macs = static_cast<double>(model.macs);
               return positive(macs, scaled(macs));
             }) +
         row(models, "File", [](const ModelResult& model) {
           const auto bytes = static_cast<double>(model.file_bytes);
           return positive(bytes, scaled(bytes, "B"));
         });
}

// "The student is right on 214 images that its twin gets wrong, ...", of every pair.
std::string paired_html(const RunResult& result) {
  std::string sentences;
  for (const PairedTest& test : result.paired) {
    const bool twin = test.second == "twin";
    const std::string other = twin ? "its twin" : "the teacher " + name_html(test.second);
    sentences += fmt::format(
        "<p>The {} is right on {} that {} gets wrong, {} on {} that the {} gets wrong; p = {} "
        "(McNemar, exact).</p>",
        name_html(test.first), counted(test.only_second_wrong, "image", "images"), other,
        twin ? "the twin" : "the teacher", thousands(test.only_first_wrong), name_html(test.first),
        significant(test.p, 2));
  }
  return sentences;
}

// Empty where the student learns from none of itself.
std::string own_teachers_sentence(const RunResult& result) {
  std::string text;
  const ModelResult* student = first_with_role(result, "student");
  if (student == nullptr) return text;
  for (const OwnTeacher& one : student->own_teachers) {
    text += fmt::format(
        " The student’s teacher {} is the moving average of its own weights, of "
        "which a step keeps at most {:.6g}\u00a0%.",
        name_html(one.name), 100 * one.decay);
  }
  return text;
}

}  // namespace

std::string errors_html(const RunResult& result) {
  std::vector<BarGroup> groups;
  for (const ModelResult* model : measured_models(result)) {
    const Scores& test = model->test;
    groups.push_back({.name = model->name,
                      .bars = {{.model = model,
                                .value = static_cast<double>(test.errors),
                                .number = thousands(test.errors)}}});
  }
  return groups.size() > 1 ? bars_html(groups) : "";
}

std::string models_html(const RunResult& result) {
  const Models models = page_order(result);
  if (models.empty()) return "";
  std::string head = "<td></td>";
  for (const ModelResult* model : models) {
    const std::string role = model->role == model->name ? "" : small(name_html(model->role));
    head += fmt::format("<th scope=\"col\" class=\"{}\">{}{}</th>", role_class(model->role),
                        name_html(model->name), role);
  }
  const std::string rows =
      score_rows(models) + cost_rows(models) + latency_rows(result, models) +
      row(models, "Training images",
          [](const ModelResult& model) {
            return positive(static_cast<double>(model.images), thousands(model.images));
          }) +
      row(models, "Training time", training_cell);
  return table_html("models", head, rows) +
         fmt::format(
             "<p class=\"note\">{}{} A model that was trained here is measured after its last "
             "step; "
             "the "
             "test images choose nothing. The interval is Wilson’s.{}</p>",
             equal_training_sentence(result), own_teachers_sentence(result),
             any_found(models) ? " Found: trained by an earlier run." : "");
}

std::string agreement_html(const RunResult& result) {
  if (result.agreements.empty()) return paired_html(result);
  std::string rows;
  for (const Agreement& one : result.agreements) {
    rows += fmt::format("<tr><th scope=\"row\">{} ~ {}</th><td>{}</td><td>{}</td></tr>",
                        name_html(one.first), name_html(one.second), percent(one.top1),
                        significant(one.kl));
  }
  return table_html("agreement",
                    "<td></td><th scope=\"col\">same answer</th>"
                    "<th scope=\"col\">KL<small>nats</small></th>",
                    rows) +
         "<p class=\"note\">On the test images. KL is the mean divergence of the first model’s "
         "probabilities from the second’s, KL(second ‖ first), at temperature 1.</p>" +
         paired_html(result);
}

}  // namespace retort
