#include "tests/onnx_oracle/foreign.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "retort/base/file.hpp"

namespace retort {
namespace {

using foreign::Foreign;
using testing::HasSubstr;

class OnnxExternalData : public testing::Test {
 protected:
  OnnxExternalData() {
    std::string folder = (std::filesystem::temp_directory_path() / "retort.XXXXXX").string();
    folder_ = Path(::mkdtemp(folder.data())) / "model";
    std::filesystem::create_directory(folder_);
    const float numbers[] = {9, 1, 4, 2, 5, 3, 6};
    const std::string bytes(reinterpret_cast<const char*>(numbers), sizeof numbers);
    write_file(folder_ / "weights", bytes);
    write_file(folder_.parent_path() / "secret", bytes);
  }
  ~OnnxExternalData() override { std::filesystem::remove_all(folder_.parent_path()); }

  // The weight of a Gemm in another file; "accepted" or what was refused.
  std::string read(const std::map<std::string, std::string>& words) const {
    Foreign file = foreign::gemm();
    onnx::TensorProto& weight = *file.graph().mutable_initializer(0);
    weight.clear_float_data();
    weight.set_data_location(onnx::TensorProto::EXTERNAL);
    for (const auto& [key, value] : words) {
      onnx::StringStringEntryProto& entry = *weight.add_external_data();
      entry.set_key(key);
      entry.set_value(value);
    }
    try {
      const Model model = model_from_onnx(file.proto, folder_);
      EXPECT_TRUE(model.weights.at("y.weight")
                      .equal(model_from_onnx(foreign::gemm().proto, {}).weights.at("y.weight")));
      return "accepted";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::model);
      return error.what();
    }
  }

  Path folder_;
};

TEST_F(OnnxExternalData, AreReadFromTheModelsFolder) {
  EXPECT_EQ(read({{"location", "weights"}, {"offset", "4"}, {"length", "24"}}), "accepted");
  EXPECT_EQ(read({{"location", "./weights"}, {"offset", "4"}}), "accepted");
}

TEST_F(OnnxExternalData, AreRefusedElsewhere) {
  const auto at = [&](const std::string& location) {
    return read({{"location", location}, {"offset", "4"}});
  };
  std::filesystem::create_symlink(folder_.parent_path() / "secret", folder_ / "link");
  EXPECT_THAT(at("../secret"), HasSubstr("constant 'w': its data are in '../secret', outside"));
  EXPECT_THAT(at("link"), HasSubstr("outside the model's folder; copy the file itself"));
  EXPECT_THAT(at((folder_ / "weights").string()), HasSubstr("outside the model's folder"));
  EXPECT_THAT(at("nowhere"), HasSubstr("no file"));
  EXPECT_THAT(at("."), HasSubstr("no file"));
  EXPECT_THAT(at(""), HasSubstr("no location"));
}

TEST_F(OnnxExternalData, AreRefusedWhereTheyDoNotFit) {
  const auto with = [&](const std::string& key, const std::string& value) {
    return read({{"location", "weights"}, {key, value}});
  };
  EXPECT_THAT(with("offset", "8"), HasSubstr("wanted 24 bytes at 8 of 'weights', which has 28"));
  EXPECT_THAT(with("offset", "9223372036854775807"), HasSubstr("which has 28"));
  EXPECT_THAT(with("offset", "-4"), HasSubstr("wanted a number as the offset"));
  EXPECT_THAT(with("offset", "four"), HasSubstr("wanted a number as the offset"));
  EXPECT_THAT(with("length", "20"), HasSubstr("wanted 24 bytes of external data, got 20"));
}

}  // namespace
}  // namespace retort
