#include "retort/tensor/safetensors.hpp"

#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmath>
#include <cstring>

namespace retort {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// A folder of the test's own, gone at the end.
class SafetensorsFile : public testing::Test {
 protected:
  SafetensorsFile() {
    std::string folder = (std::filesystem::temp_directory_path() / "retort.XXXXXX").string();
    folder_ = ::mkdtemp(folder.data());
    path_ = folder_ / "x.safetensors";
  }
  ~SafetensorsFile() override { std::filesystem::remove_all(folder_); }

  std::string bytes() const { return read_file(path_, ExitCode::unexpected); }

  std::string refusal() const {
    try {
      read_safetensors(path_);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::model);
      EXPECT_THAT(error.what(), testing::StartsWith(path_.string() + ": "));
      EXPECT_THAT(error.what(), testing::Not(HasSubstr("\n")));
      return error.what();
    }
    return "accepted";
  }

  // A file with one tensor 'a' and the given data.
  void write_one(const std::string& dtype, const std::string& shape, const std::string& data) {
    std::string json = R"({"a":{"dtype":")" + dtype + R"(","shape":)" + shape +
                       R"(,"data_offsets":[0,)" + std::to_string(data.size()) + "]}}";
    const std::string length = {static_cast<char>(json.size()), 0, 0, 0, 0, 0, 0, 0};
    write_file(path_, length + json + data);
  }

  Path folder_;
  Path path_;
};

const Safetensors small = {{{"b", at::tensor({1.5F, -2.25F})}, {"a", at::tensor({int64_t{7}})}},
                           {{"k", "v"}}};

TEST_F(SafetensorsFile, BringsBackEveryTypeAndShape) {
  Safetensors content;
  const Tensor numbers = at::arange(24).sub(5).reshape({2, 3, 4});
  for (const auto type : {at::kByte, at::kChar, at::kShort, at::kInt, at::kLong, at::kHalf,
                          at::kBFloat16, at::kFloat, at::kDouble, at::kBool}) {
    content.tensors.set(at::toString(type), numbers.to(type));
  }
  content.tensors.set("scalar", at::ones({}, at::kDouble).mul(0.1));
  content.tensors.set("nothing", at::empty({3, 0, 2}, at::kFloat));
  content.tensors.set("nasty \"\n\\ \xe2\x82\xac", at::tensor({std::nanf(""), INFINITY}));
  content.metadata = {{"", ""}, {"caf\xc3\xa9", "a \"quoted\"\ttext\n"}};
  write_safetensors(path_, content);
  const Safetensors back = read_safetensors(path_);
  EXPECT_EQ(back.metadata, content.metadata);
  EXPECT_EQ(read_safetensors_metadata(path_), content.metadata);
  ASSERT_EQ(back.tensors.size(), content.tensors.size());
  for (const auto& [name, tensor] : content.tensors) {
    const Tensor& read = back.tensors.at(name);
    EXPECT_EQ(read.scalar_type(), tensor.scalar_type()) << name;
    EXPECT_EQ(read.sizes(), tensor.sizes()) << name;
    if (tensor.numel() == 0) continue;  // no memory to compare
    EXPECT_EQ(std::memcmp(read.const_data_ptr(), tensor.const_data_ptr(), tensor.nbytes()), 0)
        << name;
  }
}

TEST_F(SafetensorsFile, WritesTheBytesOfTheFormat) {
  write_safetensors(path_, small);
  const std::string json =
      R"({"__metadata__":{"k":"v"},"a":{"dtype":"I64","shape":[1],"data_offsets":[0,8]},)"
      R"("b":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}})";
  const std::string padded = json + std::string((8 - json.size() % 8) % 8, ' ');
  const std::string length = {static_cast<char>(padded.size()), 0, 0, 0, 0, 0, 0, 0};
  const std::string data("\7\0\0\0\0\0\0\0\0\0\xc0\x3f\0\0\x10\xc0", 16);
  EXPECT_EQ(bytes(), length + padded + data);
}

TEST_F(SafetensorsFile, SortsByFallingAlignmentThenName) {
  write_safetensors(path_, {{{"a", at::zeros({1}, at::kByte)},
                             {"d", at::zeros({1}, at::kFloat)},
                             {"c", at::zeros({1}, at::kFloat)},
                             {"e", at::zeros({1}, at::kHalf)},
                             {"b", at::zeros({1}, at::kLong)}},
                            {}});
  EXPECT_THAT(read_safetensors(path_).tensors.names(), ElementsAre("b", "c", "d", "e", "a"));
}

TEST_F(SafetensorsFile, ContentInAnyOrderGivesTheSameBytes) {
  write_safetensors(path_, small);
  const std::string first = bytes();
  Safetensors turned{{{"a", small.tensors.at("a")}, {"b", small.tensors.at("b")}}, {{"k", "v"}}};
  write_safetensors(path_, turned);
  EXPECT_EQ(bytes(), first);
}

TEST_F(SafetensorsFile, WritesStridedTensorsInOrderAndDetached) {
  Tensor tensor = at::arange(6, at::kFloat).reshape({2, 3}).t();
  tensor.requires_grad_(true);
  write_safetensors(path_, {{{"a", tensor}, {"b", tensor.slice(1, 1)}}, {}});
  const Safetensors back = read_safetensors(path_);
  EXPECT_TRUE(back.tensors.at("a").equal(tensor));
  EXPECT_TRUE(back.tensors.at("b").equal(tensor.slice(1, 1)));
  EXPECT_FALSE(back.tensors.at("a").requires_grad());
}

TEST_F(SafetensorsFile, AnEmptyTableIsAFile) {
  write_safetensors(path_, {});
  EXPECT_EQ(read_safetensors(path_).tensors.size(), 0U);
}

TEST_F(SafetensorsFile, RefusesAFileCutOffAtEveryByte) {
  write_safetensors(path_, small);
  const std::string whole = bytes();
  EXPECT_EQ(refusal(), "accepted");
  for (size_t length = 0; length < whole.size(); ++length) {
    write_file(path_, whole.substr(0, length));
    EXPECT_NE(refusal(), "accepted") << length;
  }
  write_file(path_, whole + '\0');
  EXPECT_NE(refusal(), "accepted");
}

TEST_F(SafetensorsFile, AnyByteOfTheHeaderChangedIsReadOrRefused) {
  write_safetensors(path_, small);
  const std::string whole = bytes();
  for (size_t i = 0; i < whole.size() - 16; ++i) {
    for (const int bit : {0, 1, 3, 5, 7}) {
      std::string damaged = whole;
      damaged[i] = static_cast<char>(damaged[i] ^ (1 << bit));
      write_file(path_, damaged);
      refusal();  // anything but an Error fails the test
    }
  }
}

TEST_F(SafetensorsFile, RefusesTypesThatCannotBeHeld) {
  for (const std::string type : {"F8_E4M3", "F8_E5M2"}) {
    write_one(type, "[2]", "ab");
    EXPECT_THAT(refusal(), HasSubstr("tensor 'a': type " + type + " cannot be read here"));
  }
  write_one("U64", "[1]", "abcdefgh");
  EXPECT_THAT(refusal(), HasSubstr("U64"));
  try {
    write_safetensors(path_, {{{"a", at::zeros({1}, at::kComplexFloat)}}, {}});
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("tensor 'a': type ComplexFloat cannot be written"));
  }
}

TEST_F(SafetensorsFile, RefusesTruthValuesOtherThanZeroAndOne) {
  write_one("BOOL", "[2]", std::string("\0\1", 2));
  EXPECT_EQ(refusal(), "accepted");
  write_one("BOOL", "[2]", std::string("\1\2", 2));
  EXPECT_THAT(refusal(), HasSubstr("neither 0 nor 1"));
}

TEST_F(SafetensorsFile, RefusesNamesThatCannotBeWritten) {
  EXPECT_THROW(write_safetensors(path_, {{{"\xff", at::zeros({1})}}, {}}), Error);
  EXPECT_THROW(write_safetensors(path_, {{{"__metadata__", at::zeros({1})}}, {}}), Error);
  EXPECT_THROW(write_safetensors(path_, {{{std::string(5000, 'a'), at::zeros({1})}}, {}}), Error);
  EXPECT_THROW(write_safetensors(path_, {{}, {{"a", "\xff"}}}), Error);
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(SafetensorsFile, RefusesWhatIsNoFile) {
  EXPECT_THAT(refusal(), HasSubstr("No such file"));
  path_ = folder_;
  EXPECT_THAT(refusal(), HasSubstr("no regular file"));
  path_ = folder_ / "pipe";
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
  EXPECT_THAT(refusal(), HasSubstr("no regular file"));
}

}  // namespace
}  // namespace retort
