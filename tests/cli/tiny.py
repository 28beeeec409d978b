"""A data set, an experiment and models so small that a training takes a fraction of a second.

Everything is made here byte by byte: the code under test writes none of it.
"""

import json
import random
import struct
import zlib

SIDE = 8
CLASSES = [str(i) for i in range(10)]
FILES = {
    "train": ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
    "test": ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"),
}

EXPERIMENT = """\
name = "tiny"
seed = 1

[data]
format = "idx"
path = "data"
validation = 50

[teacher.big]
model = { kind = "mlp", widths = [32] }

[teacher.big.train]
epochs = 3
batch = 25
learning_rate = 0.01
optimiser = "adam"

[student]
model = { kind = "mlp", widths = [8] }

[student.train]
epochs = 3
batch = 25
learning_rate = 0.01
optimiser = "adam"

[[objective]]
term = "cross_entropy"
weight = 0.5

[[objective]]
term = "distillation"
teacher = "big"
temperature = 4
weight = 0.5
"""


def idx(sizes, values):
    """An IDX file of bytes."""
    return struct.pack(f">I{len(sizes)}I", 0x0800 + len(sizes), *sizes) + bytes(values)


def image(label, noise):
    """A bright row and column that tell the class, under some noise."""
    row, column = label % 5, label // 5
    pixels = [noise.randrange(60) for _ in range(SIDE * SIDE)]
    for i in range(SIDE):
        pixels[row * SIDE + i] = pixels[i * SIDE + 6 + column] = 200 + noise.randrange(56)
    return pixels


def write_split(folder, split, count, seed):
    noise = random.Random(seed)
    labels = [i % 10 for i in range(count)]
    pixels = [pixel for label in labels for pixel in image(label, noise)]
    image_file, label_file = FILES[split]
    (folder / image_file).write_bytes(idx([count, SIDE, SIDE], pixels))
    (folder / label_file).write_bytes(idx([count], labels))


def write_data(folder):
    """300 images to train on, 100 to test on, 8x8, ten classes."""
    folder.mkdir()
    write_split(folder, "train", 300, seed=1)
    write_split(folder, "test", 100, seed=2)
    return folder


def png(width, height, colour=(200, 100, 50)):
    """A PNG file of one colour."""
    def chunk(kind, content):
        checksum = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = (b"\0" + bytes(colour) * width) * height
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows))
            + chunk(b"IEND", b""))


def safetensors(header, data=b"", length=None):
    """A file with this header (a dictionary, or its text) and data."""
    text = header if isinstance(header, str) else json.dumps(header)
    return struct.pack("<Q", len(text) if length is None else length) + text.encode() + data


def graph(side=SIDE, classes=None, channels=1):
    """One linear map from the pixels to the classes."""
    classes = CLASSES if classes is None else classes
    logits = {"out_features": len(classes) or len(CLASSES), "bias": 1}
    return {
        "input": [channels, side, side],
        "nodes": [
            {"name": "flatten", "op": "flatten", "inputs": ["input"], "attributes": {}},
            {"name": "logits", "op": "linear", "inputs": ["flatten"], "attributes": logits},
        ],
        "classes": classes,
        "normalisation": {"mean": [], "deviation": []},
    }


def model(side=SIDE, classes=None, channels=1, weights=None, **metadata):
    """model.safetensors with these weights and biases, else 0.01, 0.02, ..."""
    made = graph(side, classes, channels)
    outputs, inputs = len(made["classes"]) or len(CLASSES), channels * side * side
    weights = weights or [0.01 * (i % 100) for i in range(outputs * inputs + outputs)]
    middle, end = 4 * outputs * inputs, 4 * len(weights)
    header = {
        "__metadata__": {"retort.format": "1", "retort.graph": json.dumps(made), **metadata},
        "logits.weight": {"dtype": "F32", "shape": [outputs, inputs], "data_offsets": [0, middle]},
        "logits.bias": {"dtype": "F32", "shape": [outputs], "data_offsets": [middle, end]},
    }
    return safetensors(header, struct.pack(f"<{len(weights)}f", *weights))


def good_model(classes=None):
    """A model that is always right: it adds the pixels of a class's row and column, of some classes
    more of them than of others, so that pixels of another range make it answer with one class."""
    weights = []
    for label in range(10):
        row, column = label % 5, label // 5
        scale = 1 + 0.03 * label
        weights += [scale * ((y == row) + (x == 6 + column)) for y in range(SIDE) for x in range(SIDE)]
    return model(classes=classes, weights=weights + [0.0] * 10)
