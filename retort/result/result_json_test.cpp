#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "retort/base/error.hpp"
#include "retort/base/file.hpp"
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
      "other": {
        "usps": {
          "count": 8,
          "errors": 2,
          "accuracy": 0.75,
          "nll": 0.0,
          "ece": 0.0
        }
      },
      "train_seconds": 30.0,
      "training": {
        "images": 60,
        "images_fingerprint": "0123",
        "images_seen": 1200,
        "steps": 20,
        "precision": "bf16",
        "last_step": {
          "epoch": 2,
          "validation_errors": null,
          "test_errors": null
        },
        "best_on_validation": {
          "epoch": 1,
          "validation_errors": 1,
          "test_errors": 2
        },
        "best_on_test": {
          "epoch": 1,
          "validation_errors": 1,
          "test_errors": 2,
          "note": "chosen on the test images: no measure"
        }
      }
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
      "other": {},
      "train_seconds": 0.0,
      "training": null
    }
  },
  "student_and_twin": null,
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
  "adjusted": {
    "fair": {
      "images": 50,
      "prior": [
        0.25,
        null
      ],
      "before": [
        0.125,
        0.875
      ],
      "after": [
        0.25,
        0.75
      ],
      "biases": [
        1.5,
        0.0
      ],
      "chosen_on_test": {
        "bias": 1.25,
        "errors": 1
      }
    }
  },
  "merged": {},
  "chosen_images": {
    "teacher": "big",
    "images": 40,
    "kept": 21,
    "near_duplicates": 3,
    "unsure": 7,
    "beyond_quota": 9,
    "per_class": [
      10,
      11
    ]
  },
  "expected": [
    {
      "number": "student.errors",
      "cell": "seed=2",
      "value": 3.0,
      "least": null,
      "most": 2.0,
      "holds": false,
      "source": "a guess"
    }
  ],
  "soft_targets": {
    "big": {
      "temperature": 4.0,
      "entropy_bits": 0.75,
      "entropy_share": 0.5,
      "off_top": 0.25,
      "spread": 0.125,
      "bits_beyond_class": 0.0625,
      "negative_share": 0.5,
      "far_share": 0.3333333333333333
    }
  },
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

TEST(ResultJson, SaysWhetherStudentAndTwinWereTrainedAlike) {
  RunResult result = full_result();
  result.models[1].training = result.models[0].training;
  result.models.push_back(result.models[1]);
  result.models.back().name = result.models.back().role = "twin";
  const auto said = [&](const char* key) {
    return Json::parse(result_json(result)).at("student_and_twin").at(key).get<bool>();
  };
  EXPECT_TRUE(said("same_images") && said("same_steps"));
  TrainingRecord& twin = result.models.back().training;
  twin.epochs.back().step = 21;
  EXPECT_TRUE(said("same_images") && !said("same_steps"));
  twin.epochs.back().step = 20;
  twin.images_fingerprint = "4567";
  EXPECT_TRUE(!said("same_images") && said("same_steps"));
}

// The keys of a document as docs/result.md writes them: "models.NAME.test.errors".
void collect(const Json& json, const std::string& path, std::set<std::string>& keys) {
  if (json.is_array()) {
    for (const Json& one : json) collect(one, path + "[]", keys);
    return;
  }
  if (!json.is_object()) {
    keys.insert(path);
    return;
  }
  const bool pairs = path == "agreement" || path == "paired";
  const bool names = path == "models" || path == "adjusted" || path == "soft_targets" ||
                     path == "merged" || path.ends_with(".models") || path.ends_with(".within") ||
                     path.ends_with(".other") || path.ends_with(".teachers_together_errors");
  for (const auto& [key, value] : json.items()) {
    const std::string& general = pairs ? "A~B" : names ? "NAME" : key;
    collect(value, path.empty() ? general : path + "." + general, keys);
  }
}

TEST(ResultJson, EveryKeyIsDocumentedAndNoOther) {
  RunResult result = full_result();
  result.models.push_back(result.models[1]);
  result.models.back().name = result.models.back().role = "twin";
  result.merges.push_back(
      {.teacher = "both",
       .rule = "gated",
       .members = {"a"},
       .blocks = {{"zero"}},
       .models =
           {{.model = "student", .block_count = {1}, .within_errors = {0}, .confusion = {{1}}}},
       .ways = {{"concatenate", 1}},
       .gate = "whose"});
  std::set<std::string> written, told;
  collect(Json::parse(result_json(result)), "", written);
  // docs/result.md has a row "| `key` |" for every key.
  std::istringstream page(read_file(Path(RETORT_SOURCE_FOLDER) / "docs/result.md", ExitCode::data));
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("| `")) told.insert(line.substr(3, line.find("` |") - 3));
  }
  told.erase("adjusted.NAME.chosen_on_test");  // null or an object
  EXPECT_EQ(written, told);
}

TEST(ResultJson, EmptyPartsKeepTheirKind) {
  const Json json = Json::parse(result_json({}));
  EXPECT_EQ(json.at("status"), "running");
  EXPECT_TRUE(json.at("models").is_object());
  EXPECT_TRUE(json.at("agreement").is_object());
  EXPECT_TRUE(json.at("latency").is_array());
  EXPECT_TRUE(json.at("soft_targets").is_object());
}

TEST(ResultJson, NumbersThatAreNoneBecomeNull) {
  RunResult result = full_result();
  result.models[0].test.nll = std::nan("");
  result.agreements[0].kl = INFINITY;
  const Json json = Json::parse(result_json(result));
  EXPECT_TRUE(json.at("models").at("big").at("test").at("nll").is_null());
  EXPECT_TRUE(json.at("agreement").at("student~big").at("kl").is_null());
}

TEST(ResultJson, MatchedLogitsHaveNoTemperature) {
  RunResult result = full_result();
  result.soft_targets[0].temperature = 0;
  EXPECT_TRUE(Json::parse(result_json(result)).at("soft_targets").at("big").is_null());
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
