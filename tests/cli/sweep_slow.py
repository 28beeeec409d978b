"""Sweeps: their cells, what they share, cells that fail, interruptions, and the runs they leave."""

import json
import os
import pty
import signal
import subprocess

import tiny
from command import COMMAND, DATA, INTERRUPTED, NUMERIC, RESOURCES, USAGE, CommandTest

SEEDS = ["--set", "sweep.seed=[1,2]"]
TEMPERATURES = ["--set", "sweep.objective.distillation.temperature=[1,4]"]


class SweepTest(CommandTest):
    def run_sweep(self, *more, out="runs/s", code=0):
        done = self.retort("run", "tiny.toml", "--out", out, "--threads", "1", *more)
        self.assertEqual(done.returncode, code, done.stderr)
        return done

    def sweep(self, out="runs/s"):
        return json.loads((self.folder / out / "sweep.json").read_text())

    def cells(self, out="runs/s"):
        return {cell["folder"]: cell for cell in self.sweep(out)["cells"]}

    def trainings(self, out="runs"):
        """How often each model was trained, by the logs of all runs."""
        lines = [line for log in (self.folder / out).rglob("log.txt") for line in log.read_text().splitlines()]
        return {name: sum(line.startswith(f"{name}: training on") for line in lines) for name in ("big", "twin", "student")}

    def check_done(self, out="runs/s"):
        sweep = self.sweep(out)
        self.assertEqual(sweep["status"], "done")
        for cell in sweep["cells"]:
            folder = f"{out}/{cell['folder']}"
            self.check_whole(folder)
            result = self.result(folder)
            self.assertEqual(result["status"], "done")
            for name, model in cell["models"].items():
                self.assertEqual(model["errors"], result["models"][name]["test"]["errors"])
        self.assertIn("<section id=\"rows\"", (self.folder / out / "report.html").read_text())


class Sweeps(SweepTest):
    def test_product_with_all_shared_models_trained_once(self):
        done = self.run_sweep(*SEEDS, *TEMPERATURES)
        self.assertEqual(
            list(self.cells()), [f"temperature={t},seed={s}" for t in (1, 4) for s in (1, 2)]
        )
        self.check_done()
        self.assertEqual(self.trainings(), {"big": 2, "twin": 2, "student": 4})
        self.assertIn("student - twin", done.stdout)
        rows = self.sweep()["rows"]
        self.assertEqual([row["values"] for row in rows], [{"objective.distillation.temperature": t} for t in "14"])
        cells = self.cells()
        for row, t in zip(rows, "14"):
            errors = [cells[f"temperature={t},seed={s}"]["models"]["student"]["errors"] for s in (1, 2)]
            self.assertAlmostEqual(row["errors"]["student"]["mean"], sum(errors) / 2)
        self.assertEqual({path.name for path in (self.folder / "runs").iterdir()}, {"s"})

    def test_cells_of_a_list_in_the_file(self):
        self.write("tiny.toml", tiny.EXPERIMENT + """
[sweep]
seed = [3]
[[sweep.cells]]
student.model.widths = [4, 4]
[[sweep.cells]]
student.model.widths = [6]
student.train.epochs = 2
""")
        told = json.loads(self.works("run", "tiny.toml", "--quiet", "--json", "--threads", "1"))
        self.assertEqual(told, self.sweep("runs/tiny"))
        self.assertEqual(list(self.cells("runs/tiny")), ["widths=4-4,seed=3", "widths=6,epochs=2,seed=3"])
        self.check_done("runs/tiny")
        self.assertEqual(self.trainings(), {"big": 1, "twin": 2, "student": 2})
        told = json.loads(self.works("check", "tiny.toml", "--json"))
        self.assertEqual(told["trainings"], 5)

    def test_a_second_time_nothing_is_repeated_and_a_sweep_may_grow(self):
        first = self.run_sweep(*SEEDS)
        before = self.tree()
        again = self.run_sweep(*SEEDS)
        self.assertEqual(again.stdout, first.stdout)
        self.assertEqual(again.stderr, "")
        self.assertEqual({p: b for p, b in self.tree().items() if "seed=" in p}, {p: b for p, b in before.items() if "seed=" in p})
        self.run_sweep("--set", "sweep.seed=[2,3]")
        self.assertEqual(list(self.cells()), ["seed=2", "seed=3"])
        self.assertEqual(self.trainings()["student"], 3)

    def test_side_by_side_in_processes(self):
        self.run_sweep(*SEEDS, *TEMPERATURES, out="alone/s")
        done = self.run_sweep(*SEEDS, *TEMPERATURES, "--jobs", "2")
        self.check_done()
        self.assertEqual(self.trainings(), {"big": 2, "twin": 2, "student": 4}, done.stderr)
        for cell in self.cells():
            self.assertEqual(self.model_bytes(run=f"runs/s/{cell}"), self.model_bytes(run=f"alone/s/{cell}"))
        self.assertEqual({path.name for path in (self.folder / "runs").iterdir()}, {"s"})

    def test_runs_and_sweeps_find_each_others_models(self):
        self.run_sweep("--set", "seed=1", out="runs/plain")
        self.run_sweep(*SEEDS)
        self.run_sweep("--set", "seed=2", "--set", "student.train.batch=20", out="runs/other")
        self.run_sweep("--set", "seed=2", out="runs/third")
        self.assertEqual(self.trainings()["big"], 2)
        self.assertEqual(self.trainings()["twin"], 3)
        self.assertEqual(self.trainings()["student"], 5)

    def test_a_cell_that_fails_does_not_stop_the_others(self):
        change = ["--set", "sweep.student.train.learning_rate=[1e30,0.01]", "--set", "student.train.optimiser=sgd"]
        for jobs in "1", "2":
            out = f"runs/{jobs}"
            done = self.run_sweep(*change, "--jobs", jobs, out=out, code=NUMERIC)
            last = done.stderr.splitlines()[-1]
            self.assertRegex(last, r"^retort: 1 of 2 cells failed, the first is learning_rate=1e\+30: twin, step")
            self.assertIn("1e+30", done.stdout)
            bad, good = self.sweep(out)["cells"]
            self.assertEqual((bad["status"], bad["exit_code"]), ("failed", NUMERIC))
            self.assertIn("term 'cross_entropy' is nan", bad["error"])
            self.assertEqual(good["status"], "done")
            self.assertIn("failed: ", (self.folder / out / bad["folder"] / "log.txt").read_text())

    def test_an_interrupted_sweep_goes_on(self):
        for jobs in "1", "2":
            out = f"{jobs}/s"
            words = ["run", "tiny.toml", "--out", out, *SEEDS, "--threads", "1", "--jobs", jobs]
            words += ["--set", "student.train.epochs=400", "--set", "twin.enabled=false"]
            running = subprocess.Popen([COMMAND, *words], cwd=self.folder, stderr=subprocess.PIPE, text=True)
            self.addCleanup(running.kill)
            for line in running.stderr:
                if line.startswith(("student: epoch 1 ", "cell 2 of 2")):
                    break
            running.send_signal(signal.SIGTERM)
            rest = running.communicate(timeout=300)[1]
            self.assertEqual(running.returncode, INTERRUPTED, rest)
            self.assertEqual(rest.splitlines()[-1], "retort: interrupted; the same command goes on from here")
            self.assertEqual(self.sweep(out)["status"], "interrupted")
            done = self.retort(*words)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.check_done(out)


class BadSweeps(SweepTest):
    def test_refused_before_anything_is_made(self):
        for change, says in {
            "sweep.sed=[1]": ["cell sed=1", "unknown key", "'seed'"],
            "sweep.seed=[]": ["wanted at least one value"],
            "sweep={}": ["wanted lists of values"],
            "sweep.seed=[1,0]": ["cell seed=0: ", "seed: wanted an integer >= 1, got 0"],
            "sweep.student.images.per_class=[5,900]": ["cell per_class=900: ", "per_class"],
        }.items():
            for verb in "run", "check":
                self.refused(USAGE, verb, "tiny.toml", "--set", change, says=says)
        self.refused(USAGE, "run", "tiny.toml", "--jobs", "2", says=["--jobs", "has no [sweep]"])

    def test_folders_of_something_else(self):
        self.run_sweep(*SEEDS, out="s")
        self.run_sweep(out="r")
        self.refused(USAGE, "run", "tiny.toml", "--out", "s", says=["s: is the folder of a sweep"])
        self.refused(USAGE, "run", "tiny.toml", *SEEDS, "--out", "r", says=["r: is the folder of a run"])
        self.fails(
            USAGE, "run", "tiny.toml", *SEEDS, "--out", "s", "--set", "student.train.epochs=2",
            says=["seed=1", "student.train.epochs: 3 -> 2"],
        )  # fmt: skip


class Runs(SweepTest):
    def setUp(self):
        super().setUp()
        self.run_sweep(*SEEDS)
        self.run_sweep("--set", "student.train.epochs=2", out="runs/plain")

    def test_list(self):
        self.assertRegex(self.works("runs"), r"\nplain +done +1 .*\ns +done, 2 of 2 cells done +-")
        plain, sweep = json.loads(self.works("runs", "--folder", "runs", "--json"))["runs"]
        self.assertEqual((plain["kind"], plain["status"], sweep["kind"]), ("run", "done", "sweep"))
        errors = self.result("runs/plain")["models"]["student"]["test"]["errors"]
        self.assertEqual(plain["models"]["student"]["errors"], errors)
        self.assertEqual(sweep["cells"], {"all": 2, "done": 2, "failed": 0})
        self.assertEqual(self.works("runs", "--folder", "data"), "data: no runs\n")
        self.refused(DATA, "runs", "--folder", "nowhere", says="nowhere")
        self.write("runs/plain/record.json", "{")
        self.assertRegex(self.works("runs"), r"\nplain +damaged ")

    def test_compare(self):
        told = self.works("runs", "compare", "runs/s/seed=1", "runs/plain")
        self.assertRegex(told, r"runs/plain +student +\d+ +100")
        self.assertIn("student.train.epochs: 3 -> 2", told)
        document = json.loads(self.works("runs", "compare", "runs/s/seed=1", "runs/s/seed=2", "--json"))
        self.assertIn("seed: 1 -> 2", document["runs"][1]["differences"])
        self.run_sweep("--set", "student.train.epochs=2", "--set", "checkpoints.every_steps=7",
                       "--set", 'expect=[{number="student.errors", most=1, source="a guess"}]', out="runs/free")
        self.assertIn("the same experiment", self.works("runs", "compare", "runs/plain", "runs/free"))
        self.refused(DATA, "runs", "compare", "runs/s", "runs/plain", says=["runs/s", "is a sweep"])
        self.refused(DATA, "runs", "compare", "data", "runs/plain", says=["data", "record.json"])

    def test_reports(self):
        page = (self.folder / "runs/s/report.html").read_bytes()
        self.assertEqual(self.works("report", "runs/s"), "runs/s/report.html\n")
        self.assertEqual((self.folder / "runs/s/report.html").read_bytes(), page)
        told = self.works("report", "runs/plain", "runs/s/seed=2", "--out", "both.html")
        self.assertEqual(told, "both.html\n")
        page = (self.folder / "both.html").read_text()
        for words in "2 runs side by side", "<h3><bdi>s/seed=2</bdi>", "student.train.epochs: 2 -&gt; 3":
            self.assertIn(words, page)
        self.refused(USAGE, "report", "runs/plain", "--out", "x.html", says="--out")
        self.refused(DATA, "report", "runs/plain", "runs/s", says="is a sweep")

    def test_remove(self):
        self.refused(USAGE, "runs", "remove", "runs/plain", says="give --yes")
        self.refused(DATA, "runs", "remove", "--yes", "runs/plain", "data", says=["data", "wanted the folder of a run"])
        (self.folder / "runs/note").mkdir()
        self.write("runs/note/experiment.toml", "")
        self.refused(DATA, "runs", "remove", "--yes", "runs/note", says="runs/note")
        self.works("runs", "remove", "--yes", "runs/s", "runs/plain/")
        self.assertEqual([path.name for path in (self.folder / "runs").iterdir()], ["note"])

    def test_remove_asks(self):
        for answer, left in (b"n\n", True), (b"y\n", False):
            ours, theirs = pty.openpty()
            running = subprocess.Popen(
                [COMMAND, "runs", "remove", "runs/plain"], cwd=self.folder, stdin=theirs,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            )  # fmt: skip
            os.write(ours, answer)
            told = running.communicate(timeout=60)[1].decode()
            os.close(ours)
            os.close(theirs)
            self.assertIn("Remove for good", told)
            self.assertEqual((self.folder / "runs/plain").exists(), left)

    def test_what_is_running_is_not_removed(self):
        words = ["run", "tiny.toml", "--out", "runs/long", "--threads", "1"]
        words += ["--set", "student.train.epochs=100000", "--set", "twin.enabled=false"]
        running = subprocess.Popen([COMMAND, *words], cwd=self.folder, stderr=subprocess.PIPE, text=True)
        self.addCleanup(running.wait)
        self.addCleanup(running.kill)
        for line in running.stderr:
            if line.startswith("student: epoch 1 "):
                break
        self.assertRegex(self.works("runs"), r"\nlong +running ")
        self.fails(RESOURCES, "runs", "remove", "--yes", "runs/long", says=["runs/long", "held by"])
        running.kill()
        running.communicate()
        self.assertRegex(self.works("runs"), r"\nlong +stopped ")
        self.works("runs", "remove", "--yes", "runs/long")
