#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "retort/result/result_for_tests.hpp"

namespace retort {
namespace {

using Json = nlohmann::ordered_json;

// The contract of schema 1, written by hand.
constexpr auto contract = R"({
  "schema": 1,
  "experiment": "pairs",
  "seed": 7,
  "status": "done",
  "models": {
    "big": {
      "role": "teacher",
      "parameters": 100,
      "macs": 90,
      "file_bytes": 500,
      "test": {
        "count": 4,
        "errors": 1,
        "accuracy": 0.75,
        "nll": 0.5,
        "ece": 0.0625
      },
      "train_seconds": 30.0
    },
    "student": {
      "role": "student",
      "parameters": 10,
      "macs": 0,
      "file_bytes": 0,
      "test": {
        "count": 0,
        "errors": 0,
        "accuracy": 0.0,
        "nll": 0.0,
        "ece": 0.0
      },
      "train_seconds": 0.0
    }
  },
  "agreement": {
    "student~big": {
      "top1": 0.5,
      "kl": 0.25
    }
  },
  "paired": {
    "student~big": {
      "only_first_wrong": 2,
      "only_second_wrong": 1,
      "mcnemar_p": 0.875
    }
  },
  "latency": [
    {
      "model": "student",
      "threads": 2,
      "batch": 1,
      "p50_ms": 0.5,
      "p95_ms": 1.0
    }
  ],
  "environment": {
    "retort": "0.1.0",
    "libtorch": "2.11.0",
    "cpu": "some CPU",
    "threads": 2,
    "dtype": "float32"
  }
}
)";

TEST(ResultJson, IsTheContract) {
  EXPECT_EQ(result_json(full_result()), contract);
}

TEST(ResultJson, EmptyPartsKeepTheirKind) {
  const Json json = Json::parse(result_json({}));
  EXPECT_EQ(json.at("status"), "running");
  EXPECT_TRUE(json.at("models").is_object());
  EXPECT_TRUE(json.at("agreement").is_object());
  EXPECT_TRUE(json.at("latency").is_array());
}

TEST(ResultJson, NumbersThatAreNoneBecomeNull) {
  RunResult result = full_result();
  result.models[0].test.nll = std::nan("");
  result.agreements[0].kl = INFINITY;
  const Json json = Json::parse(result_json(result));
  EXPECT_TRUE(json.at("models").at("big").at("test").at("nll").is_null());
  EXPECT_TRUE(json.at("agreement").at("student~big").at("kl").is_null());
}

TEST(ResultJson, ForeignTextStaysOneDocument) {
  RunResult result = full_result();
  result.experiment = "a\"b\n\x01\xff";
  EXPECT_EQ(Json::parse(result_json(result)).at("experiment"), "a\"b\n\x01\xEF\xBF\xBD");
}

TEST(EnvironmentJson, HoldsWhatTheResultSaysAndTheCompiler) {
  const Json json = Json::parse(environment_json(full_result().environment));
  EXPECT_EQ(json.at("compiler"), "g++ 12");
  const Json in_result = Json::parse(result_json(full_result())).at("environment");
  for (const auto& [key, value] : in_result.items()) EXPECT_EQ(json.at(key), value) << key;
}

}  // namespace
}  // namespace retort
