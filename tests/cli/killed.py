"""Kills runs and sweeps at random moments, and compares what comes in the end.

RETORT_KILLS=N asks for at least N kills in each test, instead of its own number.
"""

import hashlib
import json
import os
import random
import re
import signal
import subprocess
import time

import tiny
from command import COMMAND, INTERRUPTED, CommandTest

MODELS = "teacher-big", "twin", "student"
COMMAND_LINE = ["run", "killed.toml", "--threads", "1", "--quiet"]

# All that a training can carry from step to step.
EXPERIMENT = tiny.EXPERIMENT.replace("validation = 50", "validation = 50\nworkers = 2").replace(
    "widths = [8] }", "widths = [8], dropout = [0.1, 0.2] }"
).replace(
    "[[objective]]",
    """\
[[student.train.transforms]]
kind = "shift"
pixels = 1

[checkpoints]
every_steps = 3

[[objective]]""",
    1,
)
# What a processor without bf16 products may say even when quiet.
NO_BF16 = re.compile(r"warning: .*this processor has no bf16 products.*\n")


def in_bf16(experiment):
    """The same experiment, its teacher, twin and student trained in bf16."""
    return re.sub(r"^optimiser = .*$", '\\g<0>\nprecision = "bf16"', experiment, flags=re.MULTILINE)


class KilledTest(CommandTest):
    """A test of runs; of sweeps where a subclass says so."""

    experiment = EXPERIMENT
    command_line = COMMAND_LINE
    run_folders = [""]  # below --out

    def setUp(self):
        super().setUp()
        self.write("killed.toml", self.experiment)
        start = time.monotonic()
        self.works(*self.command_line, "--out", "whole/out")
        self.seconds = time.monotonic() - start
        self.whole = self.outcome("whole/out")
        self.left_unfinished = 0

    def outcome(self, run):
        """All that has to be the same: the bytes of the models, the numbers, every line of metrics once."""
        folder = self.folder / run
        files = [f"{model}/model.safetensors" for model in MODELS] + ["student.onnx", "experiment.toml"]
        same = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in files}
        same["metrics"] = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
        for line in same["metrics"]:
            del line["images_per_second"]
        result = self.result(run)
        same["status"] = result["status"]
        same["test"] = {name: model["test"] for name, model in result["models"].items()}
        for model in MODELS:
            names = sorted(path.name for path in (folder / model / "checkpoints").iterdir())
            # A stop leaves one between the usual steps, a kill one more than two.
            same["last checkpoint of " + model] = names[-1]
        return same

    def unfinished(self, run):
        return list((self.folder / run).rglob("*.unfinished"))

    def kill_once(self, run, chance):
        """Starts a run and kills it (or, more rarely, interrupts it); False when it came to its end before."""
        running = subprocess.Popen(
            [COMMAND, *self.command_line, "--out", run], cwd=self.folder, start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.addCleanup(running.stderr.close)
        self.addCleanup(self.send, running, signal.SIGKILL)
        if chance.random() < 0.5:
            self.wait(running, chance.uniform(0, self.seconds))
        else:
            self.wait_for_a_write(running, run, chance.randrange(1, 20))
        sent = chance.choice([signal.SIGKILL] * 4 + [signal.SIGINT])
        if sent == signal.SIGKILL and chance.random() < 0.5:
            running.kill()  # the command alone, as the kernel does out of memory
        else:
            self.send(running, sent)
        told = NO_BF16.sub("", running.communicate()[1])
        self.assertIn(running.returncode, (0, -sent, INTERRUPTED), told)
        if running.returncode != INTERRUPTED:
            self.assertEqual(told, "")
        self.left_unfinished += bool(self.unfinished(run))
        return running.returncode != 0

    def send(self, running, sent):
        """To the command and to the processes of its cells, as a terminal or a batch system does."""
        if running.poll() is None:
            os.killpg(running.pid, sent)

    def wait(self, running, seconds):
        try:
            running.wait(seconds)
        except subprocess.TimeoutExpired:
            pass

    def wait_for_a_write(self, running, run, count):
        """Until the count-th file that is half written comes in sight."""
        folders = [
            os.path.join(self.folder, run, folder, model, "checkpoints")
            for folder in self.run_folders
            for model in MODELS
        ]
        seen = set()
        while running.poll() is None and len(seen) < count:
            for folder in folders:
                try:
                    seen.update(name for name in os.listdir(folder) if name.endswith(".unfinished"))
                except FileNotFoundError:
                    pass

    def check_kills(self, least, seed):
        """Runs that are killed again and again until they end; at least so many kills in all."""
        least = int(os.environ.get("RETORT_KILLS", least))
        chance = random.Random(seed)
        kills = runs = 0
        while kills < least:
            run = f"run{runs}/out"
            runs += 1
            while self.kill_once(run, chance):
                kills += 1
            for folder in self.run_folders:
                self.check_whole(os.path.join(run, folder))
            self.assertEqual(self.outcome(run), self.whole, f"seed {seed}, after {kills} kills")
        print(f"{kills} kills, {self.left_unfinished} of them with a file half written, {runs} runs", flush=True)


class KilledSweepTest(KilledTest):
    """Two cells side by side that share teacher and twin; the processes of both end with the command."""

    experiment = EXPERIMENT + "\n[sweep]\nobjective.distillation.temperature = [1, 4]\n"
    command_line = [*COMMAND_LINE, "--jobs", "2"]
    run_folders = ["temperature=1", "temperature=4"]

    def outcome(self, run):
        """Which cell trains what they share is chance; all else has to be the same."""
        sweep = json.loads((self.folder / run / "sweep.json").read_text())
        self.assertEqual([cell["folder"] for cell in sweep["cells"]], self.run_folders)
        self.assertEqual({cell["status"] for cell in sweep["cells"]}, {"done"})
        self.assertEqual([path.name for path in (self.folder / run).parent.iterdir()], ["out"])
        return {"sweep": sweep, **{folder: self.outcome_of_cell(f"{run}/{folder}") for folder in self.run_folders}}

    def outcome_of_cell(self, run):
        folder = self.folder / run
        lines = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
        steps = [(line["model"], line["step"]) for line in lines]
        self.assertEqual(len(steps), len(set(steps)), steps)
        student = [line for line in lines if line["model"] == "student"]
        for line in student:
            del line["images_per_second"]
        files = "student/model.safetensors", "student.onnx", "experiment.toml"
        same = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in files}
        result = self.result(run)
        test = {name: model["test"] for name, model in result["models"].items()}
        return {**same, "student's metrics": student, "status": result["status"], "test": test}
