"""A recording against Python's safetensors and onnxruntime: python3 recordings_oracle.py ORACLE_PYTHON RETORT"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

SKIPPED = 77  # ctest shows the test as skipped

if __name__ == "__main__" and sys.argv[1] != "inside":
    if not os.access(sys.argv[1], os.X_OK):
        print(f"skipped: no {sys.argv[1]}; tools/setup.sh makes it")
        sys.exit(SKIPPED)
    os.execv(sys.argv[1], [sys.argv[1], "-B", __file__, "inside", sys.argv[2]])

import numpy as np
import onnxruntime
from safetensors.numpy import load_file, save_file

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "cli"))
import tiny


def main(command):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)

        def retort(*words):
            subprocess.run([command, *words], cwd=folder, check=True, stdout=subprocess.DEVNULL)

        tiny.write_data(folder / "data")
        (folder / "m.safetensors").write_bytes(tiny.good_model())
        retort("export", "m.safetensors", "--out", "m.onnx")
        raw = np.frombuffer((folder / "data" / tiny.FILES["train"][0]).read_bytes()[16:], np.uint8)
        images = raw.reshape(-1, 1, tiny.SIDE, tiny.SIDE).astype(np.float32) / 255
        session = onnxruntime.InferenceSession(folder / "m.onnx", providers=["CPUExecutionProvider"])
        wanted = session.run(["logits"], {session.get_inputs()[0].name: images})[0]
        for precision, kind, tolerance in ("fp32", np.float32, 1e-5), ("fp16", np.float16, 1e-3):
            out = f"R-{precision}"
            retort("record", "m.safetensors", "--data", "data", "--out", out, "--precision", precision, "--quiet")
            shard = load_file(folder / out / "shard-00000.safetensors")
            assert shard["logits"].dtype == kind and shard["logits"].shape == wanted.shape
            assert sorted(shard["sample"]) == list(range(len(images))) and not shard["view"].any()
            logits = shard["logits"].astype(np.float32)
            np.testing.assert_allclose(logits, wanted[shard["sample"]], rtol=tolerance, atol=tolerance)
        # What Python writes is imported, and says the same again.
        numbers = np.arange(len(images))[::-1].copy()
        save_file({"logits": wanted[numbers], "numbers": numbers}, folder / "service.safetensors")
        retort("record", "--import", "service.safetensors", "--data", "data", "--out", "S")
        np.save(folder / "logits.npy", wanted[numbers])
        np.save(folder / "numbers.npy", numbers)
        retort("record", "--import", "logits.npy", "--numbers", "numbers.npy", "--data", "data", "--out", "T")
        for out in "S", "T":
            shard = load_file(folder / out / "shard-00000.safetensors")
            np.testing.assert_array_equal(shard["logits"], wanted[shard["sample"]])
    print("recordings are what Python reads and writes")


if __name__ == "__main__":
    main(str(Path(sys.argv[2]).resolve()))
