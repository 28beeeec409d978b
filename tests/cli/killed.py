"""Kills runs at random moments, and compares what comes in the end."""

import hashlib
import json
import os
import random
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


class KilledTest(CommandTest):
    def setUp(self):
        super().setUp()
        self.write("killed.toml", EXPERIMENT)
        start = time.monotonic()
        self.works(*COMMAND_LINE, "--out", "whole/out")
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
            [COMMAND, *COMMAND_LINE, "--out", run], cwd=self.folder,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.addCleanup(running.stderr.close)
        self.addCleanup(running.kill)
        if chance.random() < 0.5:
            self.wait(running, chance.uniform(0, self.seconds))
        else:
            self.wait_for_a_write(running, run, chance.randrange(1, 20))
        sent = chance.choice([signal.SIGKILL] * 4 + [signal.SIGINT])
        running.send_signal(sent)
        told = running.communicate()[1]
        self.assertIn(running.returncode, (0, -sent, INTERRUPTED), told)
        if running.returncode != INTERRUPTED:
            self.assertEqual(told, "")
        self.left_unfinished += bool(self.unfinished(run))
        return running.returncode != 0

    def wait(self, running, seconds):
        try:
            running.wait(seconds)
        except subprocess.TimeoutExpired:
            pass

    def wait_for_a_write(self, running, run, count):
        """Until the count-th file that is half written comes in sight."""
        folders = [os.path.join(self.folder, run, model, "checkpoints") for model in MODELS]
        seen = set()
        while running.poll() is None and len(seen) < count:
            for folder in folders:
                try:
                    seen.update(name for name in os.listdir(folder) if name.endswith(".unfinished"))
                except FileNotFoundError:
                    pass

    def check_kills(self, least, seed):
        """Runs that are killed again and again until they end; at least so many kills in all."""
        chance = random.Random(seed)
        kills = runs = 0
        while kills < least:
            run = f"run{runs}/out"
            runs += 1
            while self.kill_once(run, chance):
                kills += 1
            self.check_whole(run)
            self.assertEqual(self.outcome(run), self.whole, f"seed {seed}, after {kills} kills")
        print(f"{kills} kills, {self.left_unfinished} of them with a file half written, {runs} runs", flush=True)
