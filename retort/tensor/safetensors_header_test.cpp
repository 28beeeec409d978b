#include "retort/tensor/safetensors_header.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "retort/base/error.hpp"

namespace retort {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string length_text(uint64_t length) {
  std::string bytes;
  for (int i = 0; i < 8; ++i) bytes += static_cast<char>(length >> (8 * i) & 0xff);
  return bytes;
}

std::string with_length(const std::string& json) {
  return length_text(json.size()) + json;
}

SafetensorsHeader parse(const std::string& json, uint64_t data_bytes) {
  const std::string bytes = with_length(json);
  return parse_safetensors_header(bytes, bytes.size() + data_bytes, "file");
}

// The message of the error, which every refusal must bring: one line, the file first.
std::string refusal_of_bytes(const std::string& bytes, uint64_t file_size) {
  try {
    parse_safetensors_header(bytes, file_size, "file");
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::model);
    EXPECT_THAT(error.what(), StartsWith("file: "));
    EXPECT_THAT(error.what(), testing::Not(HasSubstr("\n")));
    return error.what();
  }
  return "accepted";
}

std::string refusal(const std::string& json, uint64_t data_bytes) {
  const std::string bytes = with_length(json);
  return refusal_of_bytes(bytes, bytes.size() + data_bytes);
}

std::string entry(const std::string& dtype, const std::string& shape, const std::string& offsets) {
  return R"({"dtype":")" + dtype + R"(","shape":)" + shape + R"(,"data_offsets":)" + offsets + "}";
}

TEST(SafetensorsHeader, ReadsEntriesInTheOrderOfTheirData) {
  const SafetensorsHeader header =
      parse(R"({"b":)" + entry("F32", "[2,3]", "[8,32]") + R"(,"a":)" +
                entry("I64", "[]", "[0,8]") + R"(,"__metadata__":{"k":"v","":""}}   )",
            32);
  ASSERT_EQ(header.entries.size(), 2U);
  EXPECT_EQ(header.entries[0].name, "a");
  EXPECT_EQ(header.entries[0].shape, std::vector<int64_t>{});
  EXPECT_EQ(header.entries[1].name, "b");
  EXPECT_EQ(header.entries[1].dtype, "F32");
  EXPECT_EQ(header.entries[1].shape, (std::vector<int64_t>{2, 3}));
  EXPECT_EQ(header.entries[1].begin, 8U);
  EXPECT_EQ(header.entries[1].end, 32U);
  EXPECT_EQ(header.metadata, (std::map<std::string, std::string>{{"", ""}, {"k", "v"}}));
}

TEST(SafetensorsHeader, ReadsEmptyTensorsAndAnEmptyFile) {
  EXPECT_TRUE(parse("{}", 0).entries.empty());
  EXPECT_EQ(parse("{}      ", 0).data_begin, 16U);
  const SafetensorsHeader header =
      parse(R"({"z":)" + entry("U8", "[1]", "[0,1]") + R"(,"y":)" + entry("F64", "[0,5]", "[1,1]") +
                R"(,"x":)" + entry("F64", "[0]", "[0,0]") + "}",
            1);
  EXPECT_EQ(header.entries.size(), 3U);
}

TEST(SafetensorsHeader, RefusesEveryFalseLength) {
  for (size_t length = 0; length < 8; ++length) {
    EXPECT_THAT(refusal_of_bytes(std::string(length, '{'), length), HasSubstr("bytes long"));
  }
  for (const uint64_t length : {uint64_t{1} << 60, ~uint64_t{0}, ~uint64_t{0} - 7,
                                uint64_t{100'000'001}, uint64_t{1} << 63}) {
    EXPECT_THAT(refusal_of_bytes(length_text(length) + "{}", 10), HasSubstr("at most 100000000"))
        << length;
  }
  EXPECT_THAT(refusal_of_bytes(length_text(3) + "{}", 10), HasSubstr("cut off"));
  EXPECT_THAT(refusal_of_bytes(length_text(100'000'000) + "{}", 10), HasSubstr("cut off"));
  EXPECT_THAT(refusal_of_bytes(length_text(0), 8), HasSubstr("'{'"));
}

TEST(SafetensorsHeader, RefusesWhatIsNoObjectWithSpacesBehindIt) {
  EXPECT_THAT(refusal(" {}", 0), HasSubstr("start with '{'"));
  EXPECT_THAT(refusal("[]", 0), HasSubstr("start with '{'"));
  EXPECT_THAT(refusal("\xef\xbb\xbf{}", 0), HasSubstr("start with '{'"));
  EXPECT_THAT(refusal("{}\n", 0), HasSubstr("and spaces"));
  EXPECT_THAT(refusal(std::string("{}\0}", 4), 0), HasSubstr("and spaces"));
  EXPECT_THAT(refusal(std::string("{}\0", 3), 0), HasSubstr("and spaces"));
  for (const std::string json : {"{}{}", "{", "{} }", "{'a':1}", "{/**/}", "{,}", "{\"a\"}"}) {
    EXPECT_NE(refusal(json, 0), "accepted") << json;
  }
}

TEST(SafetensorsHeader, RefusesTextThatIsNoUtf8) {
  for (const std::string name : {"\xff", "\xc0\xaf", "\xed\xa0\x80", "\xf5\x80\x80\x80", "a\xe2"}) {
    EXPECT_THAT(refusal("{\"" + name + "\":" + entry("U8", "[0]", "[0,0]") + "}", 0),
                HasSubstr("no valid JSON"));
    EXPECT_THAT(refusal("{\"__metadata__\":{\"a\":\"" + name + "\"}}", 0),
                HasSubstr("no valid JSON"));
  }
  EXPECT_THAT(refusal(R"({"\ud800":)" + entry("U8", "[0]", "[0,0]") + "}", 0),
              HasSubstr("no valid JSON"));
}

TEST(SafetensorsHeader, RefusesNamesThatAreThereTwice) {
  const std::string one = entry("U8", "[1]", "[0,1]");
  EXPECT_THAT(refusal(R"({"a":)" + one + R"(,"a":)" + one + "}", 1),
              HasSubstr("'a' is there twice"));
  EXPECT_THAT(refusal(R"({"a":)" + one + R"(,"\u0061":)" + one + "}", 1), HasSubstr("twice"));
  EXPECT_THAT(refusal(R"({"__metadata__":{},"__metadata__":{}})", 0), HasSubstr("twice"));
  EXPECT_THAT(refusal(R"({"__metadata__":{"k":"1","k":"2"}})", 0), HasSubstr("'k' is there twice"));
  EXPECT_THAT(refusal(R"({"a":{"dtype":"U8","dtype":"U8","shape":[1],"data_offsets":[0,1]}})", 1),
              HasSubstr("'dtype' is there twice"));
  EXPECT_THAT(refusal(R"({"a":{"dtype":"U8","shape":[],"shape":[],"data_offsets":[0,1]}})", 1),
              HasSubstr("'shape' is there twice"));
}

TEST(SafetensorsHeader, RefusesValuesOfTheWrongKind) {
  for (const std::string value : {"1", "null", "true", "\"text\"", "[]", "1.5", "-1"}) {
    EXPECT_NE(refusal("{\"a\":" + value + "}", 0), "accepted") << value;
    EXPECT_NE(refusal("{\"__metadata__\":" + value + "}", 0), "accepted") << value;
  }
  for (const std::string value : {"1", "null", "true", "{}", "[]", "1.5"}) {
    EXPECT_THAT(refusal("{\"__metadata__\":{\"k\":" + value + "}}", 0),
                HasSubstr("'k' is no text"));
  }
  for (const std::string size :
       {"-1", "1.0", "1e0", "\"1\"", "null", "[1]", "{}", "true", "-0", "18446744073709551616"}) {
    EXPECT_THAT(refusal(R"({"a":)" + entry("U8", "[" + size + "]", "[0,1]") + "}", 1),
                HasSubstr("tensor 'a': the value of 'shape' is of the wrong kind"))
        << size;
    EXPECT_THAT(refusal(R"({"a":)" + entry("U8", "[1]", "[0," + size + "]") + "}", 1),
                HasSubstr("'data_offsets'"))
        << size;
  }
  EXPECT_THAT(refusal(R"({"a":{"dtype":5,"shape":[1],"data_offsets":[0,1]}})", 1),
              HasSubstr("'dtype'"));
  EXPECT_THAT(refusal(R"({"a":{"dtype":["U8"],"shape":[1],"data_offsets":[0,1]}})", 1),
              HasSubstr("'dtype'"));
}

TEST(SafetensorsHeader, RefusesUnknownAndMissingKeys) {
  EXPECT_THAT(refusal(R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"strides":[1]}})", 1),
              HasSubstr("unknown key 'strides'"));
  EXPECT_THAT(refusal(R"({"a":{"shape":[1],"data_offsets":[0,1]}})", 1), HasSubstr("wanted dtype"));
  EXPECT_THAT(refusal(R"({"a":{"dtype":"U8","data_offsets":[0,1]}})", 1),
              HasSubstr("wanted dtype"));
  EXPECT_THAT(refusal(R"({"a":{"dtype":"U8","shape":[1]}})", 1), HasSubstr("wanted dtype"));
  EXPECT_THAT(refusal(R"({"a":)" + entry("U8", "[1]", "[0]") + "}", 1), HasSubstr("two"));
  EXPECT_THAT(refusal(R"({"a":)" + entry("U8", "[1]", "[0,1,1]") + "}", 1), HasSubstr("two"));
  for (const std::string type : {"F31", "f32", "", "F32\\u0000", "F4", "\\u001b[31m"}) {
    EXPECT_THAT(refusal(R"({"a":)" + entry(type, "[1]", "[0,1]") + "}", 1),
                HasSubstr("unknown type"))
        << type;
  }
}

TEST(SafetensorsHeader, RefusesSizesThatDoNotFitTheType) {
  EXPECT_THAT(refusal(R"({"a":)" + entry("F32", "[2]", "[0,2]") + "}", 2),
              HasSubstr("F32 [2] takes 8 bytes, data_offsets are [0, 2]"));
  EXPECT_NE(refusal(R"({"a":)" + entry("U8", "[]", "[0,0]") + "}", 0), "accepted");
  EXPECT_NE(refusal(R"({"a":)" + entry("U8", "[0]", "[0,1]") + "}", 1), "accepted");
  EXPECT_NE(refusal(R"({"a":)" + entry("U8", "[1]", "[1,0]") + "}", 1), "accepted");
}

TEST(SafetensorsHeader, RefusesShapesAndOffsetsThatOverflow) {
  for (const std::string shape :
       {"[4611686018427387904,4]", "[4294967296,4294967296]", "[18446744073709551615]",
        "[9223372036854775808]", "[4611686018427387904,4,0]", "[0,4294967296,4294967296]",
        "[2305843009213693952]"}) {
    EXPECT_THAT(refusal(R"({"a":)" + entry("I64", shape, "[0,0]") + "}", 0), HasSubstr("overflows"))
        << shape;
  }
  EXPECT_NE(refusal(R"({"a":)" + entry("U8", "[1]", "[18446744073709551615,0]") + "}", 1),
            "accepted");
  EXPECT_NE(
      refusal(R"({"a":)" + entry("U8", "[2]", "[18446744073709551613,18446744073709551615]") + "}",
              2),
      "accepted");
}

TEST(SafetensorsHeader, RefusesHolesOverlapsAndFalseEnds) {
  const auto two = [](const std::string& first, const std::string& second, uint64_t data_bytes) {
    return refusal(
        R"({"a":)" + entry("U8", "[4]", first) + R"(,"b":)" + entry("U8", "[4]", second) + "}",
        data_bytes);
  };
  EXPECT_EQ(two("[0,4]", "[4,8]", 8), "accepted");
  EXPECT_EQ(two("[4,8]", "[0,4]", 8), "accepted");
  EXPECT_THAT(two("[0,4]", "[5,9]", 9),
              HasSubstr("tensor 'b': data begin at 5, which leaves a hole"));
  EXPECT_THAT(two("[0,4]", "[3,7]", 7), HasSubstr("overlap"));
  EXPECT_THAT(two("[0,4]", "[0,4]", 4), HasSubstr("overlap"));
  EXPECT_THAT(two("[1,5]", "[5,9]", 9), HasSubstr("hole"));
  EXPECT_THAT(two("[0,4]", "[4,8]", 9), HasSubstr("wanted 8 bytes of data, got 9"));
  EXPECT_THAT(two("[0,4]", "[4,8]", 7), HasSubstr("wanted 8 bytes of data, got 7"));
  EXPECT_NE(refusal("{}", 1), "accepted");
}

TEST(SafetensorsHeader, RefusesDeepNestingAndHugeCounts) {
  const size_t depth = 1'000'000;
  std::string objects;
  for (size_t i = 0; i < depth; ++i) objects += "{\"a\":";
  EXPECT_NE(refusal(objects + "1" + std::string(depth, '}'), 0), "accepted");
  EXPECT_NE(refusal("{\"a\":" + std::string(depth, '[') + std::string(depth, ']') + "}", 0),
            "accepted");
  std::string ones = "[1";
  for (int i = 0; i < 64; ++i) ones += ",1";
  EXPECT_THAT(refusal(R"({"a":)" + entry("U8", ones + "]", "[0,1]") + "}", 1),
              HasSubstr("more than"));
  EXPECT_THAT(refusal("{\"" + std::string(5000, 'a') + "\":1}", 0), HasSubstr("5000 bytes"));
}

TEST(SafetensorsHeader, ShowsHostileNamesWithoutControlCharacters) {
  const std::string message = refusal(R"({"\u001b[31m\n":5})", 0);
  EXPECT_THAT(message, HasSubstr("\\x1b[31m\\x0a"));
}

TEST(SafetensorsHeader, KnowsTheSizesOfTypes) {
  EXPECT_EQ(safetensors_element_size("BOOL"), 1U);
  EXPECT_EQ(safetensors_element_size("BF16"), 2U);
  EXPECT_EQ(safetensors_element_size("F32"), 4U);
  EXPECT_EQ(safetensors_element_size("I64"), 8U);
  EXPECT_EQ(safetensors_element_size("I128"), 0U);
}

}  // namespace
}  // namespace retort
