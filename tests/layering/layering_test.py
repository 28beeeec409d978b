"""The wall must be able to fall: broken trees are seen, a sound one passes."""

import tempfile
import unittest
from pathlib import Path

import layering


class Layering(unittest.TestCase):
    def problems(self, files):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in files.items():
                path = Path(folder, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            return layering.check(Path(folder))

    def assert_one(self, problems, *words):
        self.assertEqual(len(problems), 1, problems)
        for word in words:
            self.assertIn(word, problems[0])

    def test_sound_tree(self):
        files = {
            "retort/base/error.hpp": "#include <string>\n",
            "retort/tensor/shape.hpp": "#include <ATen/core/Tensor.h>\n",
            "retort/objective/kl.cpp": '#include "retort/tensor/shape.hpp"\n',
            "retort/objective/kl_test.cpp": '#include "tests/golden/golden.hpp"\n',
            "retort/pipeline.cpp": '#include "retort/objective/kl.hpp"\n',
            "retort/pipeline_test.cpp": '#include "retort/pipeline.hpp"\n',
            "cli/main.cpp": '#include "cli/run.hpp"\n#include "retort/base/error.hpp"\n',
        }
        self.assertEqual(self.problems(files), [])

    def test_against_an_arrow(self):
        files = {"retort/objective/kl.cpp": '\n#include "retort/model/graph.hpp"\n'}
        self.assert_one(self.problems(files), "retort/objective/kl.cpp:2", "'objective'", "'model'")

    def test_upwards(self):
        files = {"retort/base/error.cpp": "# include <retort/pipeline.hpp>\n"}
        self.assert_one(self.problems(files), "'base' may not include 'pipeline'")

    def test_a_library_that_uses_the_command(self):
        files = {"retort/pipeline.cpp": '#include "cli/run.hpp"\n'}
        self.assert_one(self.problems(files), "'pipeline' may not include 'cli'")

    def test_unknown_room(self):
        self.assert_one(self.problems({"retort/helpers/all.cpp": ""}), "room 'helpers'")

    def test_libtorch_in_a_room_without(self):
        files = {"retort/config/field.hpp": "#include <c10/util/Half.h>\n"}
        self.assert_one(self.problems(files), "must do without LibTorch", "c10/util/Half.h")

    def test_libtorch_through_another_header(self):
        files = {
            "retort/tensor/shape.hpp": "#include <ATen/core/Tensor.h>\n",
            "retort/tensor/safetensors_header.cpp": '#include "retort/tensor/shape.hpp"\n',
        }
        self.assert_one(self.problems(files), "retort/tensor/shape.hpp -> ATen/core/Tensor.h")

    def test_whole_libtorch(self):
        self.assertEqual(self.problems({"retort/libtorch.hpp": "#include <torch/torch.h>\n"}), [])
        files = {"retort/train/train.cpp": "#include <torch/torch.h>\n"}
        self.assert_one(self.problems(files), "not torch/torch.h")

    def test_relative_include(self):
        self.assert_one(self.problems({"retort/base/a.cpp": '#include "error.hpp"\n'}), "from the root")

    def test_empty_tree(self):
        self.assert_one(self.problems({}), "no sources")


if __name__ == "__main__":
    unittest.main()
