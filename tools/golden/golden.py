"""What the golden scripts share: numbers that Python and the C++ tests make alike, and digests.

Needs torch 2.11, numpy and safetensors from PyPI. Never run by the tests: the files are stored.
"""

from pathlib import Path

import numpy
import torch
from safetensors.torch import save_file

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "tests" / "golden"
MASK = numpy.uint64(0xFFFFFFFF)
SAMPLES = 64


def hashed(seed, count):
    """32 bits of each of 0 .. count-1; tests/golden/golden.hpp has the same lines in C++."""
    x = numpy.arange(count, dtype=numpy.uint64) * numpy.uint64(2654435761)
    x = (x + numpy.uint64(seed * 374761393)) & MASK
    x ^= x >> numpy.uint64(15)
    x = (x * numpy.uint64(2246822519)) & MASK
    x ^= x >> numpy.uint64(13)
    x = (x * numpy.uint64(3266489917)) & MASK
    return x ^ (x >> numpy.uint64(16))


def pattern(seed, shape, low, high):
    """Doubles that look uniform in [low, high): inputs that need no room in the golden files."""
    bits = hashed(seed, int(numpy.prod(shape)))
    unit = bits.astype(numpy.float64) / 2.0**32
    return torch.from_numpy((low + (high - low) * unit).reshape(shape))


def labels(seed, shape, classes):
    bits = hashed(seed, int(numpy.prod(shape)))
    return torch.from_numpy((bits % numpy.uint64(classes)).astype(numpy.int64).reshape(shape))


def digest(table, name, tensor):
    """Puts a whole tensor into little room: at most SAMPLES of its elements, evenly spaced, and its
    sum weighted by a pattern, which any changed element moves."""
    flat = tensor.detach().double().reshape(-1)
    stride = -(-flat.numel() // SAMPLES)
    table[name + "/samples"] = flat[::stride].clone()
    table[name + "/projection"] = (flat * pattern(99, (flat.numel(),), -1, 1)).sum()


def write(file, table, metadata={}):
    tensors = {name: torch.as_tensor(value).contiguous() for name, value in table.items()}
    FOLDER.mkdir(parents=True, exist_ok=True)
    made_by = {"made_by": "tools/golden, torch " + torch.__version__}
    save_file(tensors, FOLDER / file, metadata=made_by | metadata)
    (FOLDER / file).chmod(0o644)
    print(f"{FOLDER / file}: {len(tensors)} tensors, {(FOLDER / file).stat().st_size} bytes")
