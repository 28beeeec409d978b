"""What a warm recording saves: seconds an epoch of resnet56 -> resnet20 at batch 64, live and recorded.

python3 tools/measure_recordings.py build/release/bin/retort. Nothing else may run meanwhile. The
images are random ones of CIFAR's shape, since only the time is looked at; they are flipped, so that
the live teacher answers in every step. The evaluation after an epoch is not counted.
"""

import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

IMAGES, EPOCHS = 1280, 3
EXPERIMENT = """
name = "recordings"
[data]
format = "cifar"
path = "data"
parts = [1]
[teacher.big]
model = { kind = "resnet56" }
images = { per_class = 7 }
[teacher.big.train]
epochs = 1
[student]
model = { kind = "resnet20" }
[student.train]
epochs = %d
batch = 64
transforms = [{ kind = "flip" }]
[twin]
enabled = false
[[objective]]
term = "distillation"
teacher = "big"
temperature = 4
""" % EPOCHS


def write_batch(path, count):
    noise = random.Random(count)
    path.write_bytes(b"".join(bytes([i % 10]) + noise.randbytes(3072) for i in range(count)))


def main(command):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "data").mkdir()
        write_batch(folder / "data/data_batch_1.bin", IMAGES)
        write_batch(folder / "data/test_batch.bin", 64)
        (folder / "x.toml").write_text(EXPERIMENT)

        def retort(*words):
            subprocess.run([command, *words], cwd=folder, check=True, capture_output=True)

        def seconds_an_epoch(out, *words):
            retort("run", "x.toml", "--out", f"{out}/run", *words)
            spent = json.loads((folder / out / "run/student/training.json").read_text())["time"]
            return (spent["total"] - spent["evaluation"]) / EPOCHS, spent["teacher"] / spent["total"]

        live, share = seconds_an_epoch("live")
        retort("record", "x.toml", "--out", "warm/run")
        warm, _ = seconds_an_epoch("warm", "--set", "teacher.big.recorded=true")
        weights = [(folder / out / "run/student/model.safetensors").read_bytes() for out in ("live", "warm")]
        print(f"live {live:.2f} s an epoch of {IMAGES} images, the teacher {100 * share:.0f} % of it")
        print(f"warm {warm:.2f} s, {warm / live:.2f} of it; the students are {'the same' if weights[0] == weights[1] else 'different'}")


if __name__ == "__main__":
    main(str(Path(sys.argv[1]).resolve()))
