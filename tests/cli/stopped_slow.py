"""Runs that are stopped half way, by the user or by a full disk: the same command goes on."""

import os
import signal
import subprocess
import tempfile

from command import COMMAND, INTERRUPTED, RESOURCES, CommandTest, limited_to

RUN = ["run", "tiny.toml", "--out", "out", "--threads", "1"]
LONG = ["--set", "student.train.epochs=300", "--set", "twin.enabled=false"]


class Interrupted(CommandTest):
    def interrupt(self, sent):
        """Sends a signal once the student is being trained; returns what came on stderr."""
        running = subprocess.Popen(
            [COMMAND, *RUN, *LONG], cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self.addCleanup(running.kill)
        told = ""
        for line in running.stderr:
            told += line
            if line.startswith("student: epoch 1 "):
                running.send_signal(sent)
                break
        out, rest = running.communicate(timeout=300)
        self.assertEqual((running.returncode, out), (INTERRUPTED, ""), told + rest)
        return told + rest

    def check(self, sent):
        told = self.interrupt(sent)
        self.assertEqual(told.splitlines()[-1], "retort: interrupted; the same command goes on from here")
        self.assertIn("big: training", told)
        self.assertEqual(self.result()["status"], "interrupted")
        self.check_whole()
        self.assertFalse((self.folder / "out/student/model.safetensors").exists())
        teacher = self.model_bytes("teacher-big")

        done = self.retort(*RUN, *LONG)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn("big: training", done.stderr)
        self.assertRegex(done.stderr, r"student: goes on at step \d")
        self.assertEqual(self.result()["status"], "done")
        self.assertEqual(self.model_bytes("teacher-big"), teacher)
        self.check_whole()
        metrics = (self.folder / "out/metrics.jsonl").read_text().splitlines()
        self.assertEqual(len(metrics), 3 + 300)  # the epochs of both models
        self.works("run", "tiny.toml", "--out", "whole/out", "--threads", "1", "--quiet", *LONG)
        self.assertEqual(self.model_bytes(), self.model_bytes(run="whole/out"))

    def test_ctrl_c(self):
        self.check(signal.SIGINT)

    def test_terminated(self):
        self.check(signal.SIGTERM)


class FullDisk(CommandTest):
    def check_goes_on(self, out):
        self.works("run", "tiny.toml", "--out", out, "--threads", "1", "--quiet")
        self.assertEqual(self.result(out)["status"], "done")
        self.check_whole(out)

    def test_a_file_that_may_not_grow(self):
        # The experiment takes 3 kB, the teacher's checkpoint 33 kB, the student's 12 kB, the report 80 kB.
        for number, most_bytes in enumerate([4000, 20_000, 50_000]):
            out = f"run{number}/out"
            self.fails(
                RESOURCES, "run", "tiny.toml", "--out", out, "--quiet",
                says=[out, "cannot write", "free some space"], preexec_fn=limited_to(most_bytes),
            )  # fmt: skip
            self.check_whole(out)
            self.assertEqual(self.result(out)["status"], "failed", most_bytes)
            self.check_goes_on(out)

    def test_a_disk_that_is_full(self):
        disk = tempfile.mkdtemp(dir=self.folder)
        mount = ["mount", "-t", "tmpfs", "-o", "size=48k", "tmpfs", disk]
        if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
            self.skipTest("mounting is not permitted")
        self.addCleanup(subprocess.run, ["umount", disk], check=True)
        out = f"{disk}/out"
        self.fails(RESOURCES, "run", "tiny.toml", "--out", out, "--quiet", says=[out, "No space left"])
        self.check_whole(out)
        subprocess.run(["mount", "-o", "remount,size=1m", disk], check=True)
        self.check_goes_on(out)
