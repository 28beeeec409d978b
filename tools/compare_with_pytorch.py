"""The same training step in PyTorch and here, in turns: python tools/compare_with_pytorch.py

Needs torch 2.11 and numpy, in an environment of their own; bench_training_step must be built
(cmake --build --preset dev --target bench_training_step). Nothing else may run meanwhile: each is
timed as a process of its own, several times, in alternation; the medians and their ratio are printed.
"""

import argparse
import gzip
import re
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def pytorch_step(steps, threads):
    """Milliseconds of a step: 784-1200-1200-10, batch 128, fused Adam, images shifted by up to 2."""
    import numpy
    import torch

    torch.set_num_threads(threads)
    torch.manual_seed(1)
    raw = gzip.decompress((ROOT / "datasets/mnist/train-images-idx3-ubyte.gz").read_bytes())[16:]
    pixels = numpy.frombuffer(raw, dtype=numpy.uint8).reshape(-1, 1, 28, 28).copy()
    images = torch.nn.functional.pad(torch.from_numpy(pixels).float() / 255, (2, 2, 2, 2))
    raw = gzip.decompress((ROOT / "datasets/mnist/train-labels-idx1-ubyte.gz").read_bytes())[8:]
    labels = torch.from_numpy(numpy.frombuffer(raw, dtype=numpy.uint8).astype(numpy.int64))
    net = torch.nn.Sequential(
        torch.nn.Flatten(), torch.nn.Linear(784, 1200), torch.nn.ReLU(),
        torch.nn.Linear(1200, 1200), torch.nn.ReLU(), torch.nn.Linear(1200, 10),
    )
    optimiser = torch.optim.Adam(net.parameters(), lr=1e-3, fused=True)
    columns = torch.arange(28)
    order = torch.randperm(len(images))
    start = time.perf_counter()
    for step in range(steps):
        rows = order[step % 468 * 128 :][:128]
        dy = torch.randint(0, 5, (128, 1, 1)) + columns[None, :, None]
        dx = torch.randint(0, 5, (128, 1, 1)) + columns[None, None, :]
        batch = images[rows[:, None, None], 0, dy, dx][:, None]
        optimiser.zero_grad()
        loss = torch.nn.functional.cross_entropy(net(batch), labels[rows])
        loss.backward()
        loss.item()  # what the loop here does as well: a loss that is no number ends it
        optimiser.step()
    return 1000 * (time.perf_counter() - start) / steps


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default=ROOT / "build/dev/bin/bench_training_step")
    parser.add_argument("--steps", type=int, default=468)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--pytorch", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.pytorch:
        print(f"{pytorch_step(options.steps, options.threads):.3f} ms a step")
        return
    ours = [options.program, ROOT / "datasets/mnist", str(options.steps), str(options.threads)]
    theirs = [sys.executable, __file__, "--pytorch", f"--steps={options.steps}",
              f"--threads={options.threads}"]
    times = {"retort": [], "pytorch": []}
    for _ in range(options.rounds):
        for name, command in (("retort", ours), ("pytorch", theirs)):
            output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            times[name].append(float(re.search(r"([\d.]+) ms a step", output)[1]))
            print(name, output.strip().splitlines()[-1], flush=True)
    medians = {name: statistics.median(values) for name, values in times.items()}
    print(f"median: retort {medians['retort']:.3f} ms, PyTorch {medians['pytorch']:.3f} ms, "
          f"ratio {medians['pytorch'] / medians['retort']:.2f}")


if __name__ == "__main__":
    main()
