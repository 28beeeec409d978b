"""Folders that cannot be written and disks that are full, before a training or in a tiny one: exit code 5."""

import subprocess
from pathlib import Path

import tiny
from command import COMMAND, RESOURCES, USAGE, CommandTest, limited_to


class Resources(CommandTest):
    def test_folder_that_cannot_be(self):
        for out in "tiny.toml", "tiny.toml/out", "/proc/out", "/proc":
            self.refused(RESOURCES, "run", "tiny.toml", "--out", out, says=[out, "cannot write"])

    def test_export_that_cannot_be_written(self):
        self.write("m.safetensors", tiny.model())
        for out in "tiny.toml/m.onnx", "none/m.onnx", "data", "/proc/m.onnx":
            self.refused(RESOURCES, "export", "m.safetensors", "--out", out, says=[out, "cannot write"])

    def test_export_on_a_full_disk_keeps_what_is_there(self):
        self.write("m.safetensors", tiny.model())
        self.write("m.onnx", "as it was")
        self.refused(
            RESOURCES, "export", "m.safetensors", says=["m.onnx", "free some space"], preexec_fn=limited_to(1000)
        )
        self.works("export", "m.safetensors")

    def test_stderr_that_cannot_be_written(self):
        if not Path("/dev/full").exists():
            self.skipTest("no /dev/full")
        with open("/dev/full", "w") as full:
            for code, file in (0, "tiny.toml"), (USAGE, "none.toml"):
                done = subprocess.run(
                    [COMMAND, "run", file, "--out", "out", "--threads", "1"],
                    cwd=self.folder, stdout=subprocess.DEVNULL, stderr=full,
                )  # fmt: skip
                self.assertEqual(done.returncode, code)

    def test_full_disk_before_a_run_has_begun(self):
        self.fails(
            RESOURCES, "run", "tiny.toml", "--out", "out",
            says=["out/experiment.toml", "free some space"], preexec_fn=limited_to(100),
        )
        self.assertEqual(list((self.folder / "out").iterdir()), [])
