"""Trainings that start from a file of weights."""

import json
import struct

import tiny
from command import CommandTest
from weights_test import TWO_LAYERS, bare

# Steps so small that the weights stay where they began.
STILL = ["--set", "student.train.learning_rate=1e-12", "--set", "student.train.epochs=1"]


class Start(CommandTest):
    def setUp(self):
        super().setUp()
        self.write("w.safetensors", bare(TWO_LAYERS))

    def run_with_init(self, model, out, *words):
        """The messages of a run whose `model` starts from w.safetensors."""
        words = ["--set", f"{model}.model.init=w.safetensors", "--set", f"{model}.model.widths=[8]", *words]
        done = self.retort("run", "tiny.toml", "--out", out, "--threads", "1", *words)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stderr

    def weights(self, path):
        content = (self.folder / path).read_bytes()
        length = struct.unpack("<Q", content[:8])[0]
        header = json.loads(content[8 : 8 + length])
        header.pop("__metadata__", None)
        data = content[8 + length :]
        return {
            name: struct.unpack(f"<{(end - begin) // 4}f", data[begin:end])
            for name, entry in header.items()
            for begin, end in [entry["data_offsets"]]
        }

    def test_student_and_twin_begin_with_the_file(self):
        self.assertIn("student: start: 4 loaded\n", self.run_with_init("student", "out", *STILL))
        wanted = self.weights("w.safetensors")
        for model in "student", "twin":
            got = self.weights(f"out/{model}/model.safetensors")
            for name in wanted:
                for one, other in zip(got[name], wanted[name], strict=True):
                    self.assertAlmostEqual(one, other, places=6)

    def test_a_head_left_out_is_fresh_and_the_twins_too(self):
        self.run_with_init("student", "out", *STILL, "--set", "student.model.init_head=false")
        wanted = self.weights("w.safetensors")
        got, twin = (self.weights(f"out/{model}/model.safetensors") for model in ("student", "twin"))
        self.assertAlmostEqual(got["fc1.weight"][7], wanted["fc1.weight"][7], places=6)
        self.assertGreater(max(abs(a - b) for a, b in zip(got["logits.weight"], wanted["logits.weight"])), 0.1)
        self.assertLess(max(abs(a - b) for a, b in zip(got["logits.weight"], twin["logits.weight"])), 1e-6)

    def test_a_teacher_is_found_while_its_start_is_the_same(self):
        self.assertIn("big: training", self.run_with_init("teacher.big", "runs/first"))
        self.assertIn("big: found in", self.run_with_init("teacher.big", "runs/second"))
        # The same weights, with a word before every name.
        self.write("w.safetensors", bare(TWO_LAYERS, prefix="module."))
        self.assertIn("big: found in", self.run_with_init("teacher.big", "runs/third"))
        content = bytearray(bare(TWO_LAYERS))
        content[-1] ^= 0x80  # the sign of the last number
        self.write("w.safetensors", bytes(content))
        self.assertIn("big: training", self.run_with_init("teacher.big", "runs/fourth"))

    def test_the_file_of_a_run_finds_the_weights_from_its_folder(self):
        self.run_with_init("student", "out", *STILL)
        self.assertIn("student starts from a file: 4 loaded\n", self.works("check", "out/experiment.toml"))
