"""The command as a user runs it, and what every test asks of it."""

import json
import re
import resource
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import tiny

COMMAND = Path(sys.argv[1] if len(sys.argv) > 1 else "retort").resolve()

USAGE, DATA, MODEL, RESOURCES, NUMERIC, VERIFICATION, INTERRUPTED = 2, 3, 4, 5, 6, 7, 75
# All that a run may leave; whatever else lies there is half written or forgotten.
RUN_FILE = re.compile(
    r"(experiment\.toml|environment\.json|metrics\.jsonl|log\.txt|record\.json|result\.json"
    r"|events\.out\.tfevents\.retort|report\.html|student\.onnx"
    r"|student/images\.csv|(teacher-\w+|adjusted-\w+|twin|student)/(model\.safetensors|training\.json"
    r"|checkpoints/step-\d{8,}\.safetensors))"
)


def limited_to(most_bytes):
    """What a child does first so that no file of its can grow beyond this: a disk that is full."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))


class CommandTest(unittest.TestCase):
    """Every test has a folder with a data set `data` and an experiment tiny.toml."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        tiny.write_data(self.folder / "data")
        self.write("tiny.toml", tiny.EXPERIMENT)

    def write(self, name, content):
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def remove(self, name):
        shutil.rmtree(self.folder / name)

    def retort(self, *arguments, stdout=subprocess.PIPE, **options):
        return subprocess.run(
            [COMMAND, *arguments],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.PIPE,
            text=True,
            timeout=300,
            **options,
        )

    def tree(self):
        """Every path of the folder with its bytes."""
        return {
            path.relative_to(self.folder).as_posix(): path.read_bytes() if path.is_file() else None
            for path in self.folder.rglob("*")
        }

    def works(self, *arguments, **options):
        """Exit code 0; returns what came on stdout."""
        done = self.retort(*arguments, **options)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def fails(self, code, *arguments, says=(), lines=1, **options):
        """This exit code, nothing on stdout, clear lines on stderr that hold all of `says`."""
        done = self.retort(*arguments, **options)
        told = done.stderr
        self.assertEqual(done.returncode, code, told)
        self.assertEqual(done.stdout, "")
        self.assertTrue(told.startswith("retort: ") and told.endswith("\n"), told)
        if lines is not None:  # a run tells its progress too
            self.assertEqual(told.count("\n"), lines, told)
        self.assertLess(max(map(len, told.splitlines())), 400, told)
        # No addresses, no source files, no control characters, nothing unexpected.
        self.assertNotRegex(told, r"0x[0-9a-f]{9,}|\.[ch]pp|c10|at::|std::|unexpected:|[^\n\x20-\x7e]")
        for words in [says] if isinstance(says, str) else says:
            self.assertIn(words, told)
        return told

    def refused(self, code, *arguments, **options):
        """Fails, and every file is as before: no folder, no temporary file, nothing half written."""
        before = self.tree()
        told = self.fails(code, *arguments, **options)
        self.assertEqual(self.tree(), before)
        return told

    def result(self, run="out"):
        return json.loads((self.folder / run / "result.json").read_text())

    def model_bytes(self, model="student", run="out"):
        return (self.folder / run / model / "model.safetensors").read_bytes()

    def weight_bytes(self, run):
        """Of the student; model_bytes has the settings too."""
        content = self.model_bytes(run=run)
        return content[8 + int.from_bytes(content[:8], "little"):]

    def check_whole(self, run="out"):
        """Only files that belong there, each of them whole."""
        folder = self.folder / run
        for path in folder.rglob("*"):
            name = path.relative_to(folder).as_posix()
            if path.is_dir():
                continue
            self.assertRegex(name, rf"^{RUN_FILE.pattern}$")
            if path.suffix == ".json":
                json.loads(path.read_text())
            if path.suffix == ".safetensors":
                self.check_whole_model(path)

    def check_whole_model(self, path):
        content = path.read_bytes()
        length = struct.unpack("<Q", content[:8])[0]
        header = json.loads(content[8 : 8 + length])
        header.pop("__metadata__")
        ends = [entry["data_offsets"][1] for entry in header.values()]
        self.assertEqual(8 + length + max(ends), len(content), path)
