#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "retort/config/field.hpp"

// Settings with every sort of field, for the tests of this room.
namespace retort::for_tests {

struct Descent {
  static constexpr std::string_view kind = "descent";
  static constexpr std::string_view help = "plain steps";
  double momentum = 0.9;
  void describe(FieldVisitor& visitor) {
    visitor.visit({.name = "momentum", .help = "what stays of a step"}, momentum);
  }
};

struct Adaptive {
  static constexpr std::string_view kind = "adaptive";
  static constexpr std::string_view help = "scaled steps";
  double epsilon = 1e-8;
  void describe(FieldVisitor& visitor) {
    visitor.visit({.name = "epsilon", .help = "keeps from 0", .range = Range::above(0)}, epsilon);
  }
};

struct Steady {
  static constexpr std::string_view kind = "steady";
  static constexpr std::string_view help = "stays";
  void describe(FieldVisitor&) {}
};

struct Falling {
  static constexpr std::string_view kind = "falling";
  static constexpr std::string_view help = "falls";
  std::vector<double> milestones = {0.5, 0.75};
  void describe(FieldVisitor& visitor) {
    visitor.visit({.name = "milestones", .help = "when", .range = Range::between(0, 1)},
                  milestones);
  }
};

// Two choices in one table.
struct Training {
  int64_t epochs = 10;
  double rate = 0.001;
  std::variant<Adaptive, Descent> optimiser;
  std::variant<Steady, Falling> schedule;
  void describe(FieldVisitor& visitor) {
    visitor.visit({.name = "epochs", .help = "rounds", .range = Range::at_least(1)}, epochs);
    visitor.visit({.name = "rate", .help = "of learning", .range = Range::above(0)}, rate);
    visitor.choice({.name = "optimiser", .help = "what steps"}, optimiser);
    visitor.choice({.name = "schedule", .help = "how the rate changes"}, schedule);
  }
};

struct Plain {
  static constexpr std::string_view kind = "plain";
  static constexpr std::string_view help = "labels";
  double weight = 1;
  void describe(FieldVisitor& visitor) {
    visitor.visit({.name = "weight", .help = "factor", .range = Range::between(0, 100)}, weight);
  }
};

struct Listening {
  static constexpr std::string_view kind = "listening";
  static constexpr std::string_view help = "a teacher";
  std::string teacher;
  void describe(FieldVisitor& visitor) {
    visitor.visit({.name = "teacher", .help = "who", .required = true}, teacher);
  }
};

struct Loss {
  std::variant<Listening, Plain> value;
  void describe(FieldVisitor& visitor) {
    visitor.choice({.name = "term", .help = "which loss", .required = true}, value);
  }
};

struct Teacher {
  int64_t seed = 0;
  Training train;
  void describe(FieldVisitor& visitor) {
    visitor.visit({.name = "seed", .help = "of chance", .range = Range::at_least(0)}, seed);
    visitor.table({.name = "train", .help = "how"}, train);
  }
};

struct Source {
  std::string path;
  std::string order = "forward";
  std::vector<std::string> names = {"zero", "one"};
  std::vector<int64_t> sizes;
  void describe(FieldVisitor& visitor) {
    visitor.visit({.name = "path", .help = "the folder", .required = true}, path);
    visitor.visit({.name = "order", .help = "which way", .choices = {"forward", "backward"}},
                  order);
    visitor.visit({.name = "names", .help = "of classes"}, names);
    visitor.visit({.name = "sizes", .help = "of layers", .range = Range::at_least(1)}, sizes);
  }
};

struct Settings {
  std::string name;
  bool twin = true;
  Source data;
  std::vector<std::pair<std::string, Teacher>> teachers;
  Training train;
  std::vector<Loss> losses;
  void describe(FieldVisitor& visitor) {
    visitor.visit({.name = "name", .help = "of the run"}, name);
    visitor.visit({.name = "twin", .help = "beside it"}, twin);
    visitor.table({.name = "data", .help = "the images", .required = true}, data);
    visitor.named_tables({.name = "teacher", .help = "who teaches"}, teachers);
    visitor.table({.name = "train", .help = "how"}, train);
    visitor.list_of_tables({.name = "objective", .help = "the sum", .required = true}, losses);
  }
};

}  // namespace retort::for_tests
