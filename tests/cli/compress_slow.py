"""retort compress: what it says, measured again from outside."""

import json

from command import VERIFICATION, CommandTest

SIZES = ["--set", "sweep.student.model.widths=[[16],[8],[4]]", "--set", "student.train.epochs=15"]


class Compress(CommandTest):
    def compress(self, *more, code=0):
        done = self.retort("compress", "tiny.toml", *SIZES, "--quiet", "--out", "runs/c", *more)
        self.assertEqual(done.returncode, code, done.stderr)
        return done

    def record(self):
        return json.loads((self.folder / "runs/c/compress.json").read_text())

    def files(self):
        return {path.name for path in (self.folder / "runs/c").iterdir() if path.is_file()}

    def test_the_chosen_student(self):
        told = self.compress("--set", "sweep.seed=[1,2]", "--max-parameters", "700").stdout
        record = self.record()
        self.assertEqual(record["chosen"], "widths=8", "the most accurate of two")
        self.assertTrue(told.startswith("The student with widths=8 is 4 times smaller, "), told)
        self.assertIn("95 % interval over 2 seeds", told)
        self.assertEqual(
            self.files(), {"compress.json", "report.html", "student.onnx", "student.safetensors", "sweep.json"}
        )
        page = (self.folder / "runs/c/report.html").read_text()
        self.assertIn(told.splitlines()[0].split(" (")[0], page)
        self.check_from_outside(record)
        self.check_other_limits()
        self.check_report(page)

    def check_from_outside(self, record):
        student = next(one for one in record["students"] if one["name"] == record["chosen"])
        best = max(range(2), key=lambda i: student["validation_accuracies"][i])
        self.assertEqual(record["chosen_cell"], student["cells"][best])
        for file in "student.onnx", "student.safetensors":
            scores = json.loads(self.works("evaluate", f"runs/c/{file}", "--data", "data", "--json"))
            self.assertEqual(scores["errors"], record["chosen_test_errors"], file)
        results = [self.result(f"runs/c/{cell}")["models"] for cell in student["cells"]]
        for name, accuracy in ("student", student["accuracy"]), ("twin", student["twin_accuracy"]):
            mean = sum(models[name]["test"]["accuracy"] for models in results) / 2
            self.assertAlmostEqual(accuracy["test"]["mean"], mean)
        below = [models["big"]["test"]["accuracy"] - models["student"]["test"]["accuracy"] for models in results]
        self.assertAlmostEqual(student["below_teacher"]["test"]["mean"], sum(below) / 2)
        bench = json.loads(self.works("bench", "runs/c/student.safetensors", "--batches", "1", "--json"))["models"][0]
        for key in "parameters", "macs", "file_bytes":
            self.assertEqual(bench[key], student[key], key)
        # Timings on a machine that may be busy: of the same order.
        self.assertLess(0.02, bench["timings"][0]["p90_ms"] / student["latency_ms"])
        self.assertLess(bench["timings"][0]["p90_ms"] / student["latency_ms"], 50)
        smaller = [one["name"] for one in record["students"] if "parameters" in one["misses"]]
        self.assertEqual(smaller, ["widths=16"])

    # The same trainings, another choice; none takes the student of the earlier one away.
    def check_other_limits(self):
        seeds = ["--set", "sweep.seed=[1,2]"]
        before = (self.folder / "runs/c/widths=8,seed=1/log.txt").read_text()
        self.compress(*seeds, "--max-accuracy-drop", "100")
        self.assertEqual(self.record()["chosen"], "widths=4", "the smallest")
        done = self.compress(*seeds, "--max-parameters", "100", code=VERIFICATION)
        self.assertRegex(done.stderr, r"None of 3 students keeps to at most 100 parameters; the nearest, widths=4, has 310")
        self.assertNotIn("student.onnx", self.files())
        self.assertIsNone(self.record()["chosen"])
        self.assertEqual((self.folder / "runs/c/widths=8,seed=1/log.txt").read_text(), before)

    def check_report(self, chosen_page):
        self.compress("--set", "sweep.seed=[1,2]", "--max-parameters", "700")
        page = self.folder / "runs/c/report.html"
        page.unlink()
        self.works("report", "runs/c")
        self.assertIn("<p class=\"summary\">The student with widths=8", page.read_text())
        self.assertEqual(page.read_text().count("<figure>"), chosen_page.count("<figure>"))

    def test_a_cell_that_fails(self):
        done = self.retort(
            "compress", "tiny.toml", *SIZES, "--quiet", "--out", "runs/c",
            "--set", "sweep.student.train.learning_rate=[0.01,1e30]",
        )
        self.assertEqual((done.returncode, done.stdout), (6, ""), done.stderr)
        self.assertIn("cells failed", done.stderr)
        self.assertNotIn("compress.json", self.files())
