"""A tiny run's event file, read by TensorBoard: it holds the numbers of metrics.jsonl, each once.

python tensorboard_test.py RETORT
"""

import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "cli"))
import tiny

RETORT = Path(sys.argv.pop()).resolve()
PLAIN = "loss", "learning_rate", "gradient_norm", "validation_accuracy", "test_accuracy"


def expected(run):
    """tag -> [(step, value)] as metrics.jsonl has it."""
    scalars = {}
    for line in map(json.loads, (run / "metrics.jsonl").read_text().splitlines()):
        numbers = {key: line[key] for key in PLAIN}
        for term, values in line["terms"].items():
            numbers |= {f"terms/{term}/{key}": value for key, value in values.items()
                        if value is not None}  # null: this term has none
        for key, value in numbers.items():
            scalars.setdefault(f"{line['model']}/{key}", []).append((line["step"], value))
    return scalars


class Events(unittest.TestCase):
    def run_tiny(self, folder):
        command = [RETORT, "run", "tiny.toml", "--out", "out", "--threads", "1", "--quiet"]
        subprocess.run(command, cwd=folder, check=True, timeout=300)
        return folder / "out"

    def check(self, run):
        # 0: every event, none left out for its size.
        events = EventAccumulator(str(run), size_guidance={"scalars": 0}).Reload()
        scalars = expected(run)
        self.assertEqual(sorted(events.Tags()["scalars"]), sorted(scalars))
        self.assertIn("student/terms/distillation/big/gradient_norm", scalars)
        for tag, points in scalars.items():
            found = events.Scalars(tag)
            self.assertEqual([event.step for event in found], [step for step, _ in points], tag)
            for event, (_, value) in zip(found, points):
                self.assertAlmostEqual(event.value, value, delta=1e-6 * abs(value), msg=tag)

    def test_a_run_and_one_that_goes_on(self):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            tiny.write_data(folder / "data")
            (folder / "tiny.toml").write_text(tiny.EXPERIMENT)
            run = self.run_tiny(folder)
            self.check(run)
            # The student is made again, the others are found: still every step once.
            (run / "student/model.safetensors").unlink()
            self.check(self.run_tiny(folder))


if __name__ == "__main__":
    unittest.main()
