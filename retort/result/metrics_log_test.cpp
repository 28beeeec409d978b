#include "retort/result/metrics_log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "retort/result/metrics_line.hpp"
#include "retort/result/result_for_tests.hpp"

namespace retort {
namespace {

using testing::ElementsAre;
using testing::Pair;

EpochRecord full_epoch() {
  return full_result().models[0].training.epochs[0];
}

TEST(MetricsLog, ScalarsAreTheNumbersOfTheEpoch) {
  EXPECT_THAT(scalars_of("big", full_epoch()),
              ElementsAre(Pair("big/loss", 1.0 / 3), Pair("big/learning_rate", 0.1),
                          Pair("big/terms/hard/raw", 2.5), Pair("big/terms/hard/weighted", 0.25),
                          Pair("big/terms/hard/gradient_norm", 0.3),
                          Pair("big/terms/hard/kept", 0.9), Pair("big/gradient_norm", 0.7),
                          Pair("big/validation_accuracy", 0.75), Pair("big/test_accuracy", 0.5)));
  EXPECT_EQ(scalars_of("big", {.terms = {{.name = "hard"}}}).size(), 4U) << "nothing measured";
}

// docs/metrics.md has a row "| `key` |" for every key that is written.
void expect_documented(const nlohmann::ordered_json& object, const std::string& page) {
  for (const auto& [key, value] : object.items()) {
    EXPECT_NE(page.find("| `" + key + "` |"), std::string::npos) << key;
  }
}

TEST(MetricsLine, EveryKeyIsDocumented) {
  const std::string page =
      read_file(Path(RETORT_SOURCE_FOLDER) / "docs/metrics.md", ExitCode::data);
  const auto line = nlohmann::ordered_json::parse(metrics_line("big", full_epoch()));
  expect_documented(line, page);
  expect_documented(line.at("terms").at("hard"), page);
  for (const auto& [tag, value] : scalars_of("MODEL", full_epoch())) {
    std::string general = tag;
    if (const size_t at = general.find("/hard/"); at != std::string::npos) {
      general.replace(at, 6, "/TERM/");
    }
    EXPECT_NE(page.find("`" + general + "`"), std::string::npos) << general;
  }
}

TEST(MetricsLine, WhatWasNotMeasuredIsNull) {
  const auto line = nlohmann::ordered_json::parse(metrics_line("big", {.epoch = 1}));
  for (const char* key : {"validation_accuracy", "validation_errors", "test_accuracy",
                          "test_errors", "gradient_norm"}) {
    EXPECT_TRUE(line.at(key).is_null()) << key;
  }
}

TEST(MetricsLog, HoldsEveryEpochOnceHoweverOftenItBegins) {
  const Path folder = Path(testing::TempDir()) / "metrics_log";
  std::filesystem::create_directories(folder);
  const std::string line = metrics_line("big", full_epoch()) + "\n";
  const auto lines = [&] { return read_file(folder / "metrics.jsonl", ExitCode::data); };
  const auto bytes_of_events = [&] {
    return std::filesystem::file_size(folder / "events.out.tfevents.retort");
  };
  uintmax_t after_two = 0;
  for (int time = 0; time < 2; ++time) {
    MetricsLog log(folder);
    log.add("big", {.epochs = {full_epoch()}});
    log.begin("student", {.epochs = {full_epoch()}});
    log.write("student", full_epoch());
    const std::string student = metrics_line("student", full_epoch()) + "\n";
    EXPECT_EQ(lines(), line + student + student);
    after_two = bytes_of_events();
  }
  MetricsLog log(folder);
  log.add("big", {.epochs = {full_epoch()}});
  log.close();
  EXPECT_EQ(lines(), line);
  EXPECT_LT(bytes_of_events(), after_two);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace retort
