// Rows a second that are read at random from a recording of 100 classes, 1 GB in fp32, that lies in
// the page cache; and how fast rows are added to one.
#include <ATen/ops/rand.h>
#include <benchmark/benchmark.h>
#include <unistd.h>

#include "retort/base/random.hpp"
#include "retort/store/recording.hpp"

namespace {

using namespace retort;

constexpr int64_t samples = 50'000, classes = 100;

RecordingSubject subject(const std::string& precision, int64_t views) {
  return {.teacher = fingerprint_of("teacher"),
          .data = fingerprint_of("data"),
          .transforms = "shift",
          .samples = samples,
          .views = views,
          .precision = precision,
          .tensors = {{"logits", {classes}}}};
}

// A folder of this process that is removed at the end.
class Folder {
 public:
  explicit Folder(const std::string& name)
      : path_(std::filesystem::temp_directory_path() /
              ("retort-bench-" + name + std::to_string(::getpid()))) {}
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const Path& path() const { return path_; }

 private:
  Path path_;
};

void fill(Recording& recording) {
  const Tensor logits = at::rand({samples, classes});
  for (int64_t view = 0; view < recording.subject().views; ++view) {
    std::vector<SampleKey> keys;
    for (int64_t sample = 0; sample < samples; ++sample) keys.push_back({sample, view});
    recording.add(keys, {{"logits", logits}});
  }
  recording.flush();
}

void gather(benchmark::State& state, const std::string& precision) {
  constexpr int64_t views = 50;
  const Folder folder(precision);
  fill(*Recording::open(folder.path(), subject(precision, views)));
  const auto recording = Recording::open_to_read(folder.path());
  Random random(RandomKey(1, "keys"));
  std::vector<std::vector<SampleKey>> batches(1000);
  for (auto& keys : batches) {
    for (int64_t i = 0; i < state.range(0); ++i) {
      keys.push_back(
          {static_cast<int64_t>(random.below(samples)), static_cast<int64_t>(random.below(views))});
    }
  }
  size_t next = 0;
  for ([[maybe_unused]] const auto& unused : state) {
    benchmark::DoNotOptimize(recording->gather("logits", batches[next++ % batches.size()]));
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void add(benchmark::State& state) {
  int round = 0;
  for ([[maybe_unused]] const auto& unused : state) {
    const Folder folder("add" + std::to_string(round++));
    fill(*Recording::open(folder.path(), subject("fp32", 4)));
  }
  state.SetItemsProcessed(state.iterations() * 4 * samples);
}

BENCHMARK_CAPTURE(gather, fp32, "fp32")->Arg(64)->Arg(4096);
BENCHMARK_CAPTURE(gather, fp16, "fp16")->Arg(64)->Arg(4096);
BENCHMARK(add);

}  // namespace
