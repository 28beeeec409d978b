"""Whole runs: what they leave, what they find again, what decides the bytes."""

import json
import re

import tiny
from command import NUMERIC, USAGE, CommandTest

WHOLE = {
    "experiment.toml", "environment.json", "metrics.jsonl", "events.out.tfevents.retort", "log.txt", "record.json", "result.json",
    "report.html", "student.onnx",
    *(f"{model}/{file}" for model in ("teacher-big", "twin", "student")
      for file in ("model.safetensors", "training.json", "checkpoints/step-00000030.safetensors")),
}  # fmt: skip


class Runs(CommandTest):
    def run_tiny(self, *more, out="out"):
        done = self.retort("run", "tiny.toml", "--out", out, "--threads", "1", *more)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.check_whole(out)
        return done

    def test_what_a_run_leaves(self):
        done = self.run_tiny("--quiet", "--json")
        self.assertEqual(done.stderr, "")
        self.assertEqual(json.loads(done.stdout), self.result())
        self.assertEqual(self.result()["status"], "done")
        files = {path for path, content in self.tree().items() if content is not None}
        self.assertEqual({path[4:] for path in files if path.startswith("out/")}, WHOLE)
        self.check_files_agree()
        self.check_resolved_experiment()

    def check_files_agree(self):
        """The student's two files say the same, and what result.json says."""
        errors = self.result()["models"]["student"]["test"]["errors"]
        for file in "out/student/model.safetensors", "out/student.onnx":
            told = self.works("evaluate", file, "--data", "data", "--json")
            self.assertEqual(json.loads(told)["errors"], errors, file)
        document = json.loads(self.works("report", "out", "--json"))
        self.assertEqual(document, {"report": "out/report.html"})

    def check_resolved_experiment(self):
        """experiment.toml of the run is itself an experiment, of the same bytes."""
        self.works("run", "out/experiment.toml", "--out", "again/out", "--threads", "1", "--quiet")
        self.assertEqual(self.model_bytes(), self.model_bytes(run="again/out"))

    def test_the_numbers_of_a_run(self):
        """What result.json says of the trainings is what metrics.jsonl says of their epochs."""
        self.run_tiny("--quiet")
        result = self.result()
        self.assertEqual(result["student_and_twin"], {"same_images": True, "same_steps": True})
        self.assertEqual(result["environment"]["dtype"], "fp32")
        lines = [json.loads(line) for line in (self.folder / "out/metrics.jsonl").read_text().splitlines()]
        for name, model in result["models"].items():
            epochs = [line for line in lines if line["model"] == name]
            training = model["training"]
            self.assertEqual([epoch["epoch"] for epoch in epochs], [1, 2, 3])
            # 250 images are left beside the validation images: 10 steps of 25 an epoch.
            self.assertEqual((training["images"], training["steps"], training["images_seen"]), (250, 30, 750))
            self.assertEqual(training["last_step"]["test_errors"], model["test"]["errors"])
            for split in "validation", "test":
                fewest = min(epochs, key=lambda epoch: epoch[f"{split}_errors"])
                best = training[f"best_on_{split}"]
                self.assertEqual(best["epoch"], fewest["epoch"])
                self.assertEqual(best["test_errors"], fewest["test_errors"])
            self.assertIn("no measure", training["best_on_test"]["note"])
        log = (self.folder / "out/log.txt").read_text()
        student = r"student: epoch 3 of 3, cross_entropy .*, weighted .*, gradient .*, distillation/big .*, gradient "
        self.assertRegex(log, student)

    def test_parts_of_a_batch_and_bf16(self):
        self.run_tiny(out="one/out")
        whole = self.result("one/out")["models"]
        self.run_tiny("--set", "student.train.micro_batch=10", out="parts/out")
        self.assertNotEqual(self.model_bytes(run="parts/out"), self.model_bytes(run="one/out"))
        parts = self.result("parts/out")["models"]
        self.assertAlmostEqual(parts["student"]["test"]["nll"], whole["student"]["test"]["nll"], delta=0.01)
        for out in "bf16/out", "again/out":
            self.run_tiny("--set", "student.train.precision=bf16", out=out)
        result = self.result("bf16/out")
        self.assertEqual(result["environment"]["dtype"], "bf16")
        self.assertEqual(result["models"]["student"]["training"]["precision"], "bf16")
        self.assertEqual(result["models"]["big"]["training"]["precision"], "fp32")
        self.assertEqual(self.model_bytes(run="bf16/out"), self.model_bytes(run="again/out"))
        self.assertNotEqual(self.model_bytes(run="bf16/out"), self.model_bytes(run="one/out"))
        nll = result["models"]["student"]["test"]["nll"]
        self.assertAlmostEqual(nll, whole["student"]["test"]["nll"], delta=0.05)

    def test_a_second_time_nothing_is_trained(self):
        self.run_tiny()
        before = self.tree()
        done = self.run_tiny()
        self.assertNotIn("training on", done.stderr)
        for path in before:
            if path.endswith((".safetensors", "training.json", "metrics.jsonl", "student.onnx")):
                self.assertEqual(self.tree()[path], before[path], path)

    def test_seed_and_workers(self):
        self.run_tiny(out="one/out")
        for number, workers in enumerate(["0", "1", "4"]):
            out = f"run{number}/out"
            self.run_tiny("--set", f"data.workers={workers}", out=out)
            for model in "teacher-big", "twin", "student":
                self.assertEqual(self.model_bytes(model, out), self.model_bytes(model, "one/out"))
        self.run_tiny("--set", "seed=2", out="other/out")
        for model in "teacher-big", "twin", "student":
            self.assertNotEqual(self.model_bytes(model, "other/out"), self.model_bytes(model, "one/out"))

    def test_a_teacher_serves_the_students_of_a_neighbourhood(self):
        self.run_tiny(out="runs/first")
        teacher = self.model_bytes("teacher-big", "runs/first")
        done = self.run_tiny("--set", "student.model.widths=[16]", out="runs/second")
        self.assertIn("big: found in", done.stderr)
        self.assertNotIn("big: training", done.stderr)
        self.assertIn("student: training", done.stderr)
        self.assertEqual(self.model_bytes("teacher-big", "runs/second"), teacher)
        self.assertEqual(self.model_bytes("teacher-big", "runs/first"), teacher)
        done = self.run_tiny("--set", "teacher.big.train.epochs=2", out="runs/third")
        self.assertIn("big: training", done.stderr)

    def test_a_teacher_is_the_same_beside_another_one(self):
        tables = tiny.EXPERIMENT[tiny.EXPERIMENT.index("[teacher.big]") :]
        teacher = tables[: tables.index("[student]")].replace("big", "other")
        term = '\n[[objective]]\nterm = "logit_matching"\nteacher = "other"\nweight = 0.1\n'
        head = tiny.EXPERIMENT[: tiny.EXPERIMENT.index("[teacher.big]")]
        self.write("two.toml", head.replace("tiny", "two") + teacher + tables + term)
        self.works("run", "two.toml", "--out", "runs/two/", "--threads", "1", "--quiet")
        done = self.retort("run", "tiny.toml", "--out", "runs/one/", "--threads", "1")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("big: found in", done.stderr)
        twins = [self.model_bytes("twin", f"runs/{name}") for name in ("one", "two")]
        self.assertEqual(*twins)

    def test_two_threads_shift_and_dropout_give_the_same_bytes(self):
        text = tiny.EXPERIMENT.replace("widths = [8] }", "widths = [8], dropout = [0.1, 0.2] }")
        shift = '[[student.train.transforms]]\nkind = "shift"\npixels = 1\n\n[[objective]]'
        text = text.replace("[[objective]]", shift, 1)
        self.write("tiny.toml", text)
        for out in "one/out", "two/out":
            self.works("run", "tiny.toml", "--out", out, "--threads", "2", "--quiet")
        for model in "teacher-big", "twin", "student":
            self.assertEqual(self.model_bytes(model, "one/out"), self.model_bytes(model, "two/out"))

    def test_a_damaged_model_is_named_and_made_again(self):
        self.run_tiny()
        for model in "student", "teacher-big":
            file = self.folder / "out" / model / "model.safetensors"
            record = file.with_name("training.json")
            whole, told = file.read_bytes(), record.read_bytes()
            flipped = whole[:-5] + bytes([whole[-5] ^ 1]) + whole[-4:]
            for damaged, content in (file, whole[:100]), (file, flipped), (file, b""), (record, b""):
                damaged.write_bytes(content)
                done = self.run_tiny()
                self.assertIn(f"warning: not used: out/{model}/{damaged.name}", done.stderr)
                self.assertIn(f"{model.removeprefix('teacher-')}: training", done.stderr)
                self.assertEqual(done.stderr.count(": training"), 1)
                self.assertEqual(file.read_bytes(), whole)
                self.assertEqual(len(record.read_bytes()) > 100, len(told) > 100)

    def test_a_damaged_teacher_of_a_neighbour_teaches_nobody(self):
        self.run_tiny(out="runs/first")
        file = self.folder / "runs/first/teacher-big/model.safetensors"
        whole = file.read_bytes()
        file.write_bytes(whole[:-5] + bytes([whole[-5] ^ 1]) + whole[-4:])
        done = self.run_tiny("--set", "student.model.widths=[16]", out="runs/second")
        self.assertIn("runs/first/teacher-big/model.safetensors: its content", done.stderr)
        self.assertIn("big: training", done.stderr)
        self.assertEqual(self.model_bytes("teacher-big", "runs/second"), whole)

    def test_what_a_run_leaves_runs_again(self):
        band = '\n[[expect]]\nnumber = "student.errors"\nleast = 0\nsource = "any"\n'
        self.write("tiny.toml", tiny.EXPERIMENT + band)
        self.run_tiny()
        self.works("run", "out/experiment.toml", "--verify", "--out", "again/out", "--threads", "1", "--quiet")
        self.assertEqual(self.model_bytes(run="again/out"), self.model_bytes())

    def test_a_teacher_from_a_file(self):
        self.write("m.safetensors", tiny.good_model())
        text = tiny.EXPERIMENT
        first, last = text.index("model = "), text.index("[student]")
        self.write("tiny.toml", f'{text[:first]}file = "m.safetensors"\n\n{text[last:]}')
        done = self.run_tiny()
        self.assertNotIn("big: training", done.stderr)
        self.assertEqual((self.folder / "m.safetensors").read_bytes(), tiny.good_model())

    def test_folder_of_another_experiment(self):
        self.run_tiny()
        self.refused(
            USAGE, "run", "tiny.toml", "--out", "out", "--set", "student.train.epochs=4",
            says=["out", "student.train.epochs: 3 -> 4", "--out"],
        )  # fmt: skip

    def test_loss_that_is_no_number(self):
        for model, path in ("big", "teacher.big"), ("twin", "student"):
            out = f"{model}/out"
            self.fails(
                NUMERIC, "run", "tiny.toml", "--out", out, "--quiet",
                "--set", f"{path}.train.learning_rate=1e30", "--set", f"{path}.train.optimiser=sgd",
                says=[f"{model}, step", "term 'cross_entropy' is nan", "learning rate"],
            )  # fmt: skip
            self.check_whole(out)
            self.assertEqual(self.result(out)["status"], "failed")
            self.assertFalse((self.folder / out / "student.onnx").exists())
            self.assertFalse((self.folder / out / "student/model.safetensors").exists())


class Warnings(CommandTest):
    def warned(self, *more):
        """What --quiet still says, which stands in the run's record too."""
        done = self.retort("run", "tiny.toml", "--out", "out", "--threads", "1", "--quiet", *more)
        self.assertEqual(done.returncode, 0, done.stderr)
        lines = done.stderr.splitlines()
        record = (self.folder / "out/record.json").read_text()
        for line in lines:
            self.assertTrue(line.startswith("warning: "), line)
            # The record has it under the model's name already.
            said = re.sub(r"^warning: (student: )?", "", line)
            self.assertIn(json.dumps(said), record)
        return lines

    def test_a_good_run_warns_of_nothing(self):
        self.assertEqual(self.warned(), [])

    def test_teacher_at_chance_level(self):
        # With this seed it starts below 20 %, and learns nothing.
        (line,) = self.warned("--set", "teacher.big.train.learning_rate=1e-12", "--set", "seed=2")
        self.assertRegex(line, r"teacher big is right on .* validation images, guessing would be on 10.0 %")

    def test_term_that_is_zero(self):
        # One network, one start, and neither learns: the teacher says what the student says.
        fields = ["seed=2", "student.model.widths=[32]", "student.train.learning_rate=1e-20"]
        fields.append("teacher.big.train.learning_rate=1e-20")
        lines = self.warned(*(word for field in fields for word in ("--set", field)))
        self.assertEqual(len(lines), 2)
        self.assertRegex(lines[1], r"student: term 'distillation/big' is 0: it teaches nothing")

    def test_temperature_that_leaves_nothing_to_learn(self):
        (line,) = self.warned("--set", "objective.1.temperature=1e5")
        self.assertRegex(line, "teacher big: the soft targets at T = 100000 are almost uniform: .*lower")
        (found,) = self.result()["soft_targets"].values()
        self.assertEqual(found["temperature"], 1e5)
        self.assertGreater(found["entropy_share"], 0.999)

    def test_term_of_no_weight(self):
        (line,) = self.warned("--set", "objective.1.weight=0", "--set", "twin.enabled=false")
        self.assertRegex(line, r"student: term 'distillation/big' has weight 0")
