#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "retort/base/error.hpp"
#include "retort/base/file.hpp"

namespace retort::test {

/// An empty folder of this test's own.
inline Path test_folder() {
  const auto* test = testing::UnitTest::GetInstance()->current_test_info();
  const Path folder =
      Path(testing::TempDir()) / "retort-data" / test->test_suite_name() / test->name();
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  return folder;
}

/// Data sets beside the repository; not everybody has them.
inline const Path shared_data = Path(RETORT_SOURCE_FOLDER).parent_path() / "shared" / "data";

inline Path write_bytes(const Path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
  return path;
}

/// "00ff" -> two bytes
inline std::string bytes_of(std::string_view hexadecimal) {
  std::string bytes;
  for (size_t i = 0; i < hexadecimal.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(std::string(hexadecimal.substr(i, 2)), nullptr, 16));
  }
  return bytes;
}

/// What an action complains of; fails unless it throws an Error (data) in one line.
template <class Action>
std::string data_error(Action action) {
  try {
    action();
    ADD_FAILURE() << "nothing was thrown";
    return "";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::data);
    EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos) << error.what();
    return error.what();
  }
}

}  // namespace retort::test
