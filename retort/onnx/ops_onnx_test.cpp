#include <onnx/onnx_pb.h>
// The headers of onnx come before LibTorch's.
#include "retort/onnx/onnx_file.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include "retort/base/error.hpp"
#include "retort/model/network.hpp"
#include "tests/golden/ops.hpp"

namespace retort {
namespace {

Tensor answer(const Model& model, const Tensor& inputs) {
  const std::string& output = model.graph.output();
  return Network(model).forward(inputs, {output}).at(output);
}

// libonnx checks what is written; the shapes that it infers must be ours.
TEST(OpsInOnnx, EveryCaseIsWrittenCheckedAndReadBackWithTheSameAnswer) {
  std::string folder = (std::filesystem::temp_directory_path() / "retort.XXXXXX").string();
  const Path path = Path(::mkdtemp(folder.data())) / "x.onnx";
  for (golden::OpCase& one : golden::op_cases(golden::file("ops.safetensors"))) {
    SCOPED_TRACE(one.name);
    // A softmax at the end would be left out.
    one.model.graph.add("scale", "z", "y", {{"factor", 2.0}, {"offset", 0.5}});
    try {
      write_onnx(path, one.model);
      const Model back = read_onnx(path);
      EXPECT_EQ(back.graph.shape(back.graph.output()), one.model.graph.shape("z"));
      const Tensor expected = answer(one.model, one.inputs);
      EXPECT_LT(golden::largest_difference(answer(back, one.inputs), expected), 2e-6);
    } catch (const Error& error) {
      ADD_FAILURE() << error.what();
    }
  }
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace retort
