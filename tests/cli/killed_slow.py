"""Many kills at random moments, also while a checkpoint is written: the outcome is the same bit for bit."""

import random
import shutil
import subprocess
import unittest

from command import COMMAND, RESOURCES
from killed import COMMAND_LINE, EXPERIMENT, KilledSweepTest, KilledTest, in_bf16

STRACE = shutil.which("strace") and subprocess.run(["strace", "-qq", "-o", "/dev/null", "true"]).returncode == 0


class Killed(KilledTest):
    def test_sixty_kills_change_nothing(self):
        self.check_kills(least=60, seed=2)
        self.assertGreater(self.left_unfinished, 5, "too few kills met a write")


class KilledInBf16(KilledTest):
    # Where the processor has no bf16 products LibTorch computes them all the same.
    experiment = in_bf16(EXPERIMENT)

    def test_kills_change_nothing(self):
        models = self.result("whole/out")["models"]
        self.assertEqual({name: model["training"]["precision"] for name, model in models.items()},
                         dict.fromkeys(("big", "twin", "student"), "bf16"))  # fmt: skip
        self.check_kills(least=8, seed=5)


class KilledWhileRecording(KilledTest):
    experiment = EXPERIMENT.replace("[teacher.big]\n", "[teacher.big]\nrecorded = true\n", 1)

    def test_kills_change_nothing(self):
        self.works(*COMMAND_LINE, "--set", "teacher.big.recorded=false", "--out", "live/out")
        self.assertEqual(self.model_bytes(run="live/out"), self.model_bytes(run="whole/out"))
        self.check_kills(least=12, seed=7)
        self.works("record", "killed.toml", "--out", "run0/out", "--audit", "200")


class KilledSweep(KilledSweepTest):
    def test_kills_change_nothing(self):
        self.check_kills(least=8, seed=6)


@unittest.skipUnless(STRACE, "strace is not installed or may not trace")
class AtSystemCalls(KilledTest):
    """strace ends the process, or says that the disk is full, at a certain call of a certain system call."""

    def traced(self, run, inject):
        strace = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=" + inject.split(":")[0], "-e", "inject=" + inject]
        return subprocess.run(
            [*strace, COMMAND, *COMMAND_LINE, "--out", run], cwd=self.folder,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, timeout=300,
        )  # fmt: skip

    def check_goes_on(self, run, what):
        self.works(*COMMAND_LINE, "--out", run)
        self.check_whole(run)
        self.assertEqual(self.outcome(run), self.whole, what)

    def test_killed_at_a_call(self):
        chance = random.Random(3)
        for call in "fsync", "rename", "write":
            for number in chance.sample(range(1, 45), 5):
                run = f"{call}{number}/out"
                done = self.traced(run, f"{call}:signal=KILL:when={number}")
                self.assertEqual(done.returncode, -9, f"{call} {number}: {done.stderr}")
                self.check_goes_on(run, f"killed at {call} {number}")

    def test_disk_full_at_a_call(self):
        chance = random.Random(4)
        for call in "fsync", "rename", "write":
            for number in chance.sample(range(3, 45), 4):
                run = f"{call}{number}/out"
                done = self.traced(run, f"{call}:error=ENOSPC:when={number}+")
                self.assertEqual(done.returncode, RESOURCES, f"{call} {number}: {done.stderr}")
                if call != "write":  # else stderr is full too
                    self.assertIn("No space left on device; free some space", done.stderr)
                self.check_whole(run)
                self.check_goes_on(run, f"disk full at {call} {number}")
