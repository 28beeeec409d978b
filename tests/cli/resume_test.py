"""Runs that go on: after a kill, from older checkpoints, beside another process."""

import json
import signal
import subprocess
import time

from command import COMMAND, INTERRUPTED, MODEL, RESOURCES, CommandTest, limited_to

OUT = ["--out", "out", "--threads", "1"]
OFTEN = ["--set", "checkpoints.every_steps=4"]
CHECKPOINTS = "out/student/checkpoints"


class Resume(CommandTest):
    finished = None  # the files of a finished run, made once

    def setUp(self):
        super().setUp()
        if Resume.finished is None:
            self.run_tiny()
            Resume.finished = {path: content for path, content in self.tree().items() if content is not None}
        for path, content in Resume.finished.items():
            (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / path).write_bytes(content)

    def run_tiny(self, *more, threads=1):
        """What a run says on stderr."""
        out = ["--out", "out", "--threads", str(threads)]
        done = self.retort("run", "tiny.toml", *out, *OFTEN, *more)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.check_whole()
        return done.stderr

    def checkpoints(self):
        return sorted((self.folder / CHECKPOINTS).iterdir())

    def unfinished_run(self):
        """Makes of it a run that was stopped in the student's training; returns the student's true bytes."""
        whole = self.model_bytes()
        (self.folder / "out/student/model.safetensors").unlink()
        self.assertEqual([path.name[5:13] for path in self.checkpoints()], ["00000028", "00000030"])
        return whole

    def test_goes_on_from_its_last_checkpoint(self):
        whole = self.unfinished_run()
        self.checkpoints()[1].unlink()
        self.assertIn("student: goes on at step 28 of 30\n", self.run_tiny())
        self.assertEqual(self.model_bytes(), whole)

    def test_damaged_checkpoints_are_named_and_skipped(self):
        whole = self.unfinished_run()
        sound = self.checkpoints()[1].read_bytes()
        middle = len(sound) // 2
        flipped = sound[:middle] + bytes([sound[middle] ^ 1]) + sound[middle + 1 :]
        for damaged in sound[:-1], sound[:100], flipped, b"", b"\xff" * 1000:
            self.checkpoints()[1].write_bytes(damaged)
            told = self.run_tiny()
            self.assertIn("warning: student: a damaged checkpoint is skipped: out/student/checkpoints/step-00000030", told)
            self.assertIn("student: goes on at step 28 of 30\n", told)
            self.assertEqual(self.model_bytes(), whole)
            (self.folder / "out/student/model.safetensors").unlink()

    def test_without_a_sound_one_the_training_starts_anew(self):
        whole = self.unfinished_run()
        for path in self.checkpoints():
            path.write_bytes(path.read_bytes()[:1000])
        told = self.run_tiny()
        for words in "step-00000028", "step-00000030", "warning: student: no checkpoint is sound":
            self.assertIn(words, told)
        self.assertNotIn("goes on", told)
        self.assertEqual(self.model_bytes(), whole)

    def test_checkpoint_of_another_experiment(self):
        self.works("run", "tiny.toml", "--out", "other/out", "--threads", "1", "--quiet",
                   "--set", "student.train.learning_rate=0.02")  # fmt: skip
        self.unfinished_run()
        other = (self.folder / "other/out/student/checkpoints/step-00000030.safetensors").read_bytes()
        self.checkpoints()[1].write_bytes(other)
        told = self.fails(
            MODEL, "run", "tiny.toml", *OUT, "--quiet",
            says=[
                CHECKPOINTS + "/step-00000030.safetensors", "of another training (learning_rate = 0.02)",
                "wanted one of (learning_rate = 0.01)", "remove out/student/checkpoints",
            ],
        )  # fmt: skip
        self.assertNotIn("seed", told)
        self.assertEqual(self.checkpoints()[1].read_bytes(), other)

    def test_other_threads_are_told(self):
        self.unfinished_run()
        told = self.run_tiny(threads=2)
        self.assertIn("was written with threads 1, now 2: the last bits may differ", told)

    def test_full_disk_keeps_the_older_checkpoint(self):
        whole = self.unfinished_run()
        self.checkpoints()[1].unlink()
        older = self.checkpoints()[0]
        before = older.read_bytes()
        self.fails(
            RESOURCES, "run", "tiny.toml", *OUT, "--quiet",
            says=[CHECKPOINTS + "/step-00000030", "cannot write", "free some space"],
            preexec_fn=limited_to(len(before) - 1),
        )  # fmt: skip
        self.assertEqual([path.name for path in self.checkpoints()], [older.name])
        self.assertEqual(older.read_bytes(), before)
        self.assertIn("student: goes on at step 28 of 30\n", self.run_tiny())
        self.assertEqual(self.model_bytes(), whole)

    def test_how_a_run_is_carried_out_may_change(self):
        whole = self.unfinished_run()
        self.run_tiny("--set", "checkpoints.every_steps=7", "--set", "data.workers=2")
        self.assertEqual(self.model_bytes(), whole)
        self.assertIn("every_steps = 7", (self.folder / "out/experiment.toml").read_text())

    def test_a_finished_run_stays_finished(self):
        names = "result.json", "record.json", "metrics.jsonl"
        before = [(self.folder / "out" / name).read_bytes() for name in names]
        for delay in 0.05, 0.2, 0.3, 0.4, 0.5:
            running = subprocess.Popen(
                [COMMAND, "run", "tiny.toml", *OUT], cwd=self.folder,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            time.sleep(delay)
            running.kill()
            running.wait()
            after = [(self.folder / "out" / name).read_bytes() for name in names]
            if json.loads(after[0])["latency"] == json.loads(before[0])["latency"]:
                self.assertEqual(after, before)
            self.assertEqual(json.loads(after[0])["status"], "done")
            self.assertEqual(after[2], before[2])


class TwoProcesses(CommandTest):
    def start(self):
        """A run that holds the folder, and is training its student."""
        long = ["--set", "student.train.epochs=5000", "--set", "twin.enabled=false"]
        running = subprocess.Popen(
            [COMMAND, "run", "tiny.toml", *OUT, *long], cwd=self.folder,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.addCleanup(running.kill)
        for line in running.stderr:
            if line.startswith("student: epoch 1 "):
                return running
        self.fail("the run ended")

    def test_the_second_says_who_holds_the_folder(self):
        running = self.start()
        self.fails(
            RESOURCES, "run", "tiny.toml", *OUT,
            says=[f"out: held by process {running.pid} on ", "(since 20", "--out"],
        )  # fmt: skip
        self.works("report", "out")
        running.send_signal(signal.SIGTERM)
        running.communicate()
        self.assertEqual(running.returncode, INTERRUPTED)
        self.assertFalse((self.folder / "out/.lock").exists())

    def test_a_dead_process_holds_nothing(self):
        running = self.start()
        running.kill()
        running.communicate()
        self.assertTrue((self.folder / "out/.lock").exists())
        done = self.retort("run", "tiny.toml", *OUT)  # another experiment: it came as far as that
        self.assertIn("of another experiment", done.stderr)
        self.assertFalse((self.folder / "out/.lock").exists())
