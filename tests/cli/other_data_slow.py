"""Runs whose images are not all of one data set, and teachers that answer in several views."""

import csv
import json
import re

import tiny
from command import USAGE, CommandTest

ELSEWHERE = [
    "--set", 'other.far.format="idx"', "--set", "other.far.path=far",
    "--set", "other.far.fit={size=[6],canvas=[8]}",
]
STEADY = [
    "--set", 'teacher.steady.members=["big"]',
    "--set", 'teacher.steady.views={count=5,transforms=[{kind="shift",pixels=1}]}',
    "--set", "objective.distillation.teacher=steady",
    "--set", 'student.train.transforms=[{kind="shift",pixels=1}]',
]


class OtherData(CommandTest):
    def setUp(self):
        super().setUp()
        tiny.write_data(self.folder / "far")

    def run_it(self, out, *more):
        return self.works("run", "tiny.toml", "--out", out, "--quiet", *ELSEWHERE, *STEADY, *more)

    def test_a_student_of_other_images(self):
        told = self.run_it("out", "--set", 'student.images.from=["far"]')
        self.assertRegex(told, r"On far: big [0-9.]+ %, steady [0-9.]+ %, twin [0-9.]+ %, student")
        models = self.result()["models"]
        self.assertEqual({name: model["other"]["far"]["count"] for name, model in models.items()},
                         dict.fromkeys(["big", "steady", "twin", "student"], 100))
        self.assertEqual(models["student"]["training"]["images"], 300)
        self.assertEqual(models["twin"]["training"]["images"], 250)
        self.assertEqual(models["student"]["training"]["steps"], models["twin"]["training"]["steps"])
        self.assertIn("On other data", (self.folder / "out" / "report.html").read_text())
        # Measured again from outside, on images that are made to fit by an experiment file.
        far = tiny.EXPERIMENT.replace('path = "data"', 'path = "far"\nfit = { size = [6], canvas = [8] }')
        self.write("far.toml", far)
        again = json.loads(self.works("evaluate", "out/student/model.safetensors", "--data",
                                      "far.toml", "--json"))
        self.assertEqual(again["errors"], models["student"]["other"]["far"]["errors"])
        # The label of a transfer image is never seen, and its file need not be there.
        (self.folder / "far" / "train-labels-idx1-ubyte").unlink()
        self.run_it("again", "--set", 'student.images.from=["far"]', "--set",
                    "other.far.unlabelled=true")
        onnx = [(self.folder / run / "student.onnx").read_bytes() for run in ["out", "again"]]
        self.assertEqual(*onnx)

    def test_views_are_the_same_live_recorded_and_with_workers(self):
        self.run_it("live")
        first = self.model_bytes(run="live")
        self.run_it("workers", "--set", "data.workers=3")
        self.assertEqual(first, self.model_bytes(run="workers"))
        for name in ["recorded", "read"]:
            self.run_it(name, "--set", 'teacher.steady.recorded="true"')
            self.assertEqual(first, self.model_bytes(run=name))
        log = (self.folder / "read" / "log.txt").read_text()
        self.assertRegex(log, re.compile(r"steady: recording .* has [1-9][0-9]* of"))

    def test_plain_images_are_the_same_live_recorded_and_with_workers(self):
        turned = ("--set", 'student.train.transforms=[{kind="affine"},{kind="shift",pixels=1}]',
                  "--set", "teacher.steady.plain_images=true",
                  "--set", "teacher.big.train.epochs=12",
                  "--set", "objective.distillation.confidence=0.3")
        self.run_it("live", *turned)
        first = self.weight_bytes("live")
        epochs = (self.folder / "live" / "metrics.jsonl").read_text().splitlines()
        term = json.loads(epochs[-1])["terms"]["distillation/steady"]
        self.assertTrue(0 < term["kept"] < 1, term)
        self.assertIn("of samples", (self.folder / "live" / "report.html").read_text())
        self.run_it("sure", *turned, "--set", "objective.distillation.confidence=1")
        log = (self.folder / "sure" / "log.txt").read_text()
        self.assertIn("'distillation/steady' is 0: not one answer was as sure", log)
        self.run_it("workers", *turned, "--set", "data.workers=3")
        self.assertEqual(first, self.weight_bytes("workers"))
        self.run_it("moved", *turned, "--set", "teacher.steady.plain_images=false")
        self.assertNotEqual(first, self.weight_bytes("moved"))
        recorded = (*turned, "--set", 'teacher.steady.recorded="true"',
                    "--set", 'teacher.steady.recording="said"')
        for name in ["recorded", "read"]:
            self.run_it(name, *recorded)
            self.assertEqual(first, self.weight_bytes(name))
        # Turned by any angle the images could not be recorded; as they are, each is one row.
        log = (self.folder / "read" / "log.txt").read_text()
        self.assertIn("steady: recording said has 250 of", log)
        self.works("record", "tiny.toml", "--out", "read", "--audit", "9", *ELSEWHERE, *STEADY,
                   *recorded)

    def test_a_student_that_follows_itself(self):
        itself = ("--set", "teacher.itself.follows_student=true", "--set",
                  "teacher.itself.plain_images=true", "--set", "objective.distillation.teacher=itself",
                  "--set", 'student.train.transforms=[{kind="affine"}]')
        before, after = tiny.EXPERIMENT.split("[teacher.big]\n")
        self.write("own.toml", before + after[after.index("[student]"):])
        self.works("run", "own.toml", "--out", "whole", "--quiet", *itself)
        models = self.result("whole")["models"]
        self.assertEqual(set(models), {"student", "twin"})
        page = (self.folder / "whole" / "report.html").read_text()
        self.assertIn("distillation/itself", page)
        self.assertNotIn("of samples", page)
        self.refused(USAGE, "record", "own.toml", "--out", "nothing", *itself,
                     says=["there is nothing to record"])
        self.assertFalse((self.folder / "nothing").exists())
        self.works("run", "own.toml", "--out", "workers", "--quiet", *itself,
                   "--set", "data.workers=2")
        self.assertEqual(self.model_bytes(run="whole"), self.model_bytes(run="workers"))

    def test_the_surest_images_of_each_class_are_chosen(self):
        # Two of them are test images, somewhat darker: as good as the test images themselves.
        pixels = (self.folder / "data" / "t10k-images-idx3-ubyte").read_bytes()[16:]
        with (self.folder / "far" / "train-images-idx3-ubyte").open("r+b") as images:
            images.seek(16)
            images.write(bytes(pixel * 3 // 4 for pixel in pixels[: 2 * tiny.SIDE**2]))
        choice = ("--set", "other.far.fit={}", "--set", 'student.images.from=["data","far"]',
                  "--set", "data.labelled=50", "--set", "student.images.choose.teacher=big",
                  "--set", "student.images.choose.per_class=20",
                  "--set", "student.images.choose.near_duplicates=0.9999",
                  "--set", "student.images.labelled_share=0.4")
        self.run_it("out", *choice)
        unmoved = (*choice, "--set", "student.train.transforms=[]")
        self.run_it("unmoved", *unmoved)
        self.run_it("plain", *unmoved, "--set", "teacher.steady.plain_images=true")
        self.assertEqual(self.weight_bytes("unmoved"), self.weight_bytes("plain"))
        chosen = self.result()["chosen_images"]
        self.assertEqual((chosen["images"], chosen["near_duplicates"]), (500, 2))
        self.assertLessEqual(max(chosen["per_class"]), 20)
        self.assertEqual(sum(chosen["per_class"]), chosen["kept"])
        self.assertEqual(chosen["kept"] + chosen["beyond_quota"] + 2, 500)
        rows = list(csv.DictReader((self.folder / "out" / "student" / "images.csv").open()))
        self.assertEqual(len(rows), 500)
        for name in {row["answer"] for row in rows}:
            of_class = [row for row in rows if row["answer"] == name and row["fate"] != "duplicate"]
            kept = [float(row["confidence"]) for row in of_class if row["fate"] == "kept"]
            others = [float(row["confidence"]) for row in of_class if row["fate"] == "quota"]
            self.assertGreaterEqual(min(kept), max(others, default=0))
        duplicates = {row["image"]: row["nearest_test_image"]
                      for row in rows if row["fate"] == "duplicate"}
        self.assertEqual(duplicates, {"300": "0", "301": "1"})
        training = self.result()["models"]["student"]["training"]
        self.assertEqual(training["images"], 50 + chosen["kept"])
        # 15 of 25 images of a batch have no label; three epochs.
        self.assertEqual(training["steps"], 3 * (chosen["kept"] // 15))
        self.assertIn("Images that were chosen", (self.folder / "out" / "report.html").read_text())
        # The same again.
        self.run_it("again", *choice, "--set", "data.workers=2")
        self.assertEqual(self.model_bytes(), self.model_bytes(run="again"))
