#include "retort/tensor/named_tensors.hpp"

#include <ATen/ops/full.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "retort/base/error.hpp"

namespace retort {
namespace {

Tensor number(double value) {
  return at::full({1}, value);
}

double value(const NamedTensors& tensors, std::string_view name) {
  return tensors.at(name).item<double>();
}

TEST(NamedTensors, KeepTheOrderInWhichRowsCame) {
  NamedTensors tensors = {{"b", number(1)}, {"a", number(2)}, {"b", number(3)}};
  tensors.set("c", number(4));
  tensors.set("a", number(5));
  EXPECT_EQ(tensors.names(), (Names{"b", "a", "c"}));
  EXPECT_EQ(value(tensors, "b"), 3);
  EXPECT_EQ(value(tensors, "a"), 5);
  tensors.erase("b");
  tensors.erase("nothing");
  tensors.set("b", number(6));
  EXPECT_EQ(tensors.names(), (Names{"a", "c", "b"}));
  for (const auto& [name, tensor] : tensors) EXPECT_TRUE(tensor.is_same(tensors.at(name)));
  EXPECT_EQ(value(tensors, "c"), 4);
}

TEST(NamedTensors, AMissNamesTheNearest) {
  const NamedTensors tensors = {{"weight", number(1)}};
  EXPECT_EQ(tensors.find("weigth"), nullptr);
  try {
    tensors.at("weigth");
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("did you mean 'weight'?"));
  }
}

}  // namespace
}  // namespace retort
