#include "retort/experiment/choose_images.hpp"

#include <ATen/ops/max.h>
#include <ATen/ops/softmax.h>
#include <fmt/format.h>

#include <algorithm>

#include "retort/data/subset.hpp"
#include "retort/evaluate/near_duplicates.hpp"
#include "retort/experiment/plan_images.hpp"
#include "retort/predict/micro_batches.hpp"
#include "retort/store/recording_file.hpp"

namespace retort {
namespace {

// An image without a label, and what is known of it.
struct Candidate {
  int64_t index = 0;  // among the model's images
  int64_t answer = no_label;
  double confidence = 0;
  Nearest nearest = {};          // test image
  std::string nearest_set = {};  // where it is; empty: not looked for, or like none
  const char* fate = "kept";
};

std::vector<Candidate> candidates_in(const Dataset& images) {
  std::vector<Candidate> candidates;
  for (int64_t index = 0; index < images.size(); ++index) {
    if (images.label(index) == no_label) candidates.push_back({.index = index});
  }
  return candidates;
}

std::vector<int64_t> indices_of(const std::vector<Candidate>& candidates) {
  std::vector<int64_t> indices;
  for (const Candidate& one : candidates) indices.push_back(one.index);
  return indices;
}

// What the teacher says of the candidates as they are, in micro-batches: a row's bits are its own.
void ask(const Predictor& teacher, const Dataset& images, std::vector<Candidate>& candidates) {
  auto one = candidates.begin();
  for (std::vector<SampleKey>& keys : batches_in_order(images, 8 * micro_batch_images)) {
    const Batch batch = make_batch(images, std::move(keys));  // a merge goes by its pools
    const Tensor logits = predict_in_micro_batches(teacher, batch, {"logits"}).at("logits");
    const auto [confidences, answers] = at::max(at::softmax(logits.to(at::kDouble), 1), 1);
    for (int64_t row = 0; row < logits.size(0); ++row, ++one) {
      one->confidence = confidences[row].item<double>();
      one->answer = answers[row].item<int64_t>();
    }
  }
}

void compare(const Dataset& images, const std::string& set, const Dataset& test,
             std::vector<Candidate>& candidates) {
  const std::vector<Nearest> nearest = nearest_images(images, test);
  for (size_t i = 0; i < nearest.size(); ++i) {
    if (nearest[i].correlation > candidates[i].nearest.correlation) {
      candidates[i].nearest = nearest[i];
      candidates[i].nearest_set = set;
    }
  }
}

// The surest of each class stay.
void keep_quota(int64_t per_class, size_t classes, std::vector<Candidate>& candidates) {
  std::vector<std::vector<Candidate*>> by_class(classes);
  for (Candidate& one : candidates) {
    if (one.fate == std::string_view("kept")) {
      by_class[static_cast<size_t>(one.answer)].push_back(&one);
    }
  }
  for (auto& of_class : by_class) {
    std::stable_sort(of_class.begin(), of_class.end(), [](const Candidate* a, const Candidate* b) {
      return a->confidence > b->confidence;
    });
    for (size_t i = static_cast<size_t>(per_class); i < of_class.size(); ++i) {
      of_class[i]->fate = "quota";
    }
  }
}

// As a field of CSV: quoted where it has a comma, a quote or a line's end.
std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + "\"";
}

std::string log_of(const std::vector<Candidate>& candidates, const Dataset& images) {
  std::string text =
      "image,fate,answer,confidence,nearest_test_set,nearest_test_image,correlation\n";
  for (const Candidate& one : candidates) {
    const std::string answer =
        one.answer == no_label
            ? ","
            : fmt::format("{},{:.6f}", csv_field(images.classes()[static_cast<size_t>(one.answer)]),
                          one.confidence);
    const std::string nearest = one.nearest_set.empty()
                                    ? ",,"
                                    : fmt::format("{},{},{:.6f}", csv_field(one.nearest_set),
                                                  one.nearest.index, one.nearest.correlation);
    text += fmt::format("{},{},{},{}\n", images.source_index(one.index), one.fate, answer, nearest);
  }
  return text;
}

ImageChoice counted_choice(const std::vector<Candidate>& candidates, const ChoiceSettings& settings,
                           size_t classes) {
  ImageChoice choice{.teacher = settings.teacher,
                     .images = static_cast<int64_t>(candidates.size()),
                     .per_class = std::vector<int64_t>(classes)};
  for (const Candidate& one : candidates) {
    const std::string_view fate = one.fate;
    choice.kept += fate == "kept" ? 1 : 0;
    choice.near_duplicates += fate == "duplicate" ? 1 : 0;
    choice.unsure += fate == "unsure" ? 1 : 0;
    choice.beyond_quota += fate == "quota" ? 1 : 0;
    if (fate == "kept" && one.answer != no_label)
      ++choice.per_class[static_cast<size_t>(one.answer)];
  }
  return choice;
}

std::vector<Candidate> judged(const PlannedModel& planned, const Teachers& teachers) {
  const ChoiceSettings& settings = planned.choose;
  std::vector<Candidate> candidates = candidates_in(*planned.plain);
  const DatasetPointer unlabelled = subset(planned.plain, indices_of(candidates));
  for (const auto& [name, teacher] : teachers) {
    if (name == settings.teacher) ask(*teacher, *unlabelled, candidates);
  }
  if (settings.near_duplicates < 1) {
    compare(*unlabelled, own_data, *planned.test, candidates);
    for (const auto& [name, test] : planned.others) compare(*unlabelled, name, *test, candidates);
  }
  for (Candidate& one : candidates) {
    if (settings.near_duplicates < 1 && one.nearest.correlation >= settings.near_duplicates) {
      one.fate = "duplicate";
    } else if (one.confidence < settings.confidence) {
      one.fate = "unsure";
    }
  }
  if (settings.per_class > 0) {
    keep_quota(settings.per_class, planned.plain->classes().size(), candidates);
  }
  return candidates;
}

}  // namespace

PlannedModel with_chosen_images(const PlannedModel& planned, const Teachers& teachers,
                                const RunFolder& folder, RunResult& result, Progress& progress) {
  if (!planned.choose.is_any()) return planned;
  const Dataset& all = *planned.plain;
  const std::vector<Candidate> candidates = judged(planned, teachers);
  std::vector<bool> stays(static_cast<size_t>(all.size()), true);
  for (const Candidate& one : candidates) {
    stays[static_cast<size_t>(one.index)] = one.fate == std::string_view("kept");
  }
  std::vector<int64_t> indices;
  for (int64_t index = 0; index < all.size(); ++index) {
    if (stays[static_cast<size_t>(index)]) indices.push_back(index);
  }
  const ImageChoice choice = counted_choice(candidates, planned.choose, all.classes().size());
  const std::string line = fmt::format(
      "{}: {} of {} images without a label are kept; {} are too like a test image, of {} the "
      "teacher is not sure enough, of {} there are enough in their class",
      planned.name, choice.kept, choice.images, choice.near_duplicates, choice.unsure,
      choice.beyond_quota);
  if (choice.kept == 0) {
    throw Error(ExitCode::usage, line + "; wanted images.choose to leave some");
  }
  progress.note(line);
  const Path own = folder.model_folder(planned.folder);
  make_writable_folder(own);
  write_file(own / "images.csv", log_of(candidates, all));
  result.choice = choice;
  PlannedModel chosen = planned;
  chosen.plain = subset(planned.plain, indices);
  chosen.images = shown(chosen.plain, planned.train);
  chosen.distinct_images = static_cast<int64_t>(indices.size());
  return chosen;
}

}  // namespace retort
