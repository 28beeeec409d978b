"""Logits as they are in life: python tools/golden/mnist_logits.py -> tests/golden/mnist_logits.safetensors

A teacher (784-300-10) and a student (784-30-10) are trained on the labels of MNIST (the student for a fifth of an epoch);
kept are their logits on the first 64 test images, with the labels. One thread, fixed seeds.
"""

import gzip

import numpy
import torch
import torch.nn.functional as F

import golden

DATA = golden.ROOT / "datasets" / "mnist"


def images(file):
    pixels = numpy.frombuffer(gzip.decompress((DATA / file).read_bytes())[16:], dtype=numpy.uint8)
    return torch.from_numpy(pixels.reshape(-1, 784).astype(numpy.float32) / 255)


def labels(file):
    values = numpy.frombuffer(gzip.decompress((DATA / file).read_bytes())[8:], dtype=numpy.uint8)
    return torch.from_numpy(values.astype(numpy.int64))


def trained(width, steps, inputs, targets, seed):
    torch.manual_seed(seed)
    net = torch.nn.Sequential(
        torch.nn.Linear(784, width), torch.nn.ReLU(), torch.nn.Linear(width, 10)
    )
    optimiser = torch.optim.Adam(net.parameters(), lr=2e-3)
    for _ in range(steps):
        rows = torch.randint(len(inputs), (128,))
        optimiser.zero_grad()
        F.cross_entropy(net(inputs[rows]), targets[rows]).backward()
        optimiser.step()
    return net


@torch.no_grad()
def logits(net, inputs, targets):
    correct = (net(inputs).argmax(1) == targets).float().mean()
    print(f"accuracy {correct:.4f}")
    return net(inputs[:64])


def main():
    torch.set_num_threads(1)
    inputs, targets = images("train-images-idx3-ubyte.gz"), labels("train-labels-idx1-ubyte.gz")
    test, expected = images("t10k-images-idx3-ubyte.gz"), labels("t10k-labels-idx1-ubyte.gz")
    teacher = trained(300, 1500, inputs, targets, seed=1)
    student = trained(30, 100, inputs, targets, seed=2)
    golden.write(
        "mnist_logits.safetensors",
        {
            "teacher": logits(teacher, test, expected),
            "student": logits(student, test, expected),
            "labels": expected[:64],
        },
    )


if __name__ == "__main__":
    main()
