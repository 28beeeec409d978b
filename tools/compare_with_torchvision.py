"""Random crops and flips of CIFAR in torchvision and here: python tools/compare_with_torchvision.py

Needs torch, torchvision and Pillow in an environment of their own; bench_images must be built
(cmake --build --preset dev --target bench_images). Both run on one core, in alternation; the medians
of images a second of processor time and their ratio are printed. torchvision's side is what its users
write: PIL images, RandomCrop(32, padding=4), RandomHorizontalFlip, ToTensor, batches of 128 stacked.
Ours makes the same batches; normalisation belongs to the model here and is in neither.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def torchvision_images_per_second(batches):
    import numpy
    import torch
    from PIL import Image
    from torchvision import transforms

    torch.set_num_threads(1)
    pixels = numpy.random.default_rng(1).integers(0, 256, (1000, 32, 32, 3), dtype=numpy.uint8)
    pipeline = transforms.Compose(
        [transforms.RandomCrop(32, padding=4), transforms.RandomHorizontalFlip(), transforms.ToTensor()]
    )
    order = torch.randint(0, len(pixels), (batches, 128)).tolist()
    start = time.process_time()
    for rows in order:
        torch.stack([pipeline(Image.fromarray(pixels[row])) for row in rows])
    return batches * 128 / (time.process_time() - start)


def our_images_per_second(program):
    command = [program, "--benchmark_filter=crop_and_flip", "--benchmark_format=json"]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return json.loads(output)["benchmarks"][0]["items_per_second"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default=ROOT / "build/dev/bin/bench_images")
    parser.add_argument("--batches", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--torchvision", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.torchvision:
        print(torchvision_images_per_second(options.batches))
        return
    theirs = [sys.executable, __file__, "--torchvision", f"--batches={options.batches}"]
    speeds = {"retort": [], "torchvision": []}
    for _ in range(options.rounds):
        speeds["retort"].append(our_images_per_second(options.program))
        output = subprocess.run(theirs, check=True, capture_output=True, text=True).stdout
        speeds["torchvision"].append(float(output))
        print({name: round(values[-1]) for name, values in speeds.items()}, flush=True)
    medians = {name: statistics.median(values) for name, values in speeds.items()}
    print(f"median: retort {medians['retort']:,.0f} images/s, torchvision "
          f"{medians['torchvision']:,.0f}, ratio {medians['retort'] / medians['torchvision']:.1f}")


if __name__ == "__main__":
    main()
