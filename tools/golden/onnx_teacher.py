"""Makes experiments/teachers/mnist-convnet.onnx: a teacher of other people's, for onnx-teacher.toml.

A small convolutional network trained by PyTorch on MNIST and exported by PyTorch, as a stranger would:
pixels are normalised outside of it, it ends in a log-softmax, it names no classes.

    python tools/golden/onnx_teacher.py datasets/mnist experiments/teachers/mnist-convnet.onnx
"""

import gzip
import sys

import numpy
import torch
from torch import nn

MEAN, DEVIATION = 0.1307, 0.3081


def read(path, header):
    with gzip.open(path) as file:
        return numpy.frombuffer(file.read(), numpy.uint8, offset=header).copy()


def load(folder, name):
    images = read(f"{folder}/{name}-images-idx3-ubyte.gz", 16).reshape(-1, 1, 28, 28)
    labels = read(f"{folder}/{name}-labels-idx1-ubyte.gz", 8)
    pixels = torch.from_numpy(images).float() / 255
    return (pixels - MEAN) / DEVIATION, torch.from_numpy(labels).long()


class ConvNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 16, 5)
        self.conv2 = nn.Conv2d(16, 32, 5)
        self.dense = nn.Linear(512, 64)
        self.answer = nn.Linear(64, 10)
        self.dropout = nn.Dropout(0.2)

    def forward(self, x):
        x = nn.functional.max_pool2d(torch.relu(self.conv1(x)), 2)
        x = nn.functional.max_pool2d(torch.relu(self.conv2(x)), 2)
        x = self.dropout(torch.relu(self.dense(x.flatten(1))))
        return nn.functional.log_softmax(self.answer(x), 1)


def shifted(images):
    """Each image moved by up to two pixels; what comes in is black."""
    count = len(images)
    black = -MEAN / DEVIATION
    padded = nn.functional.pad(images, (2, 2, 2, 2), value=black)[:, 0]
    rows = torch.randint(0, 5, (count, 1)) + torch.arange(28)
    columns = torch.randint(0, 5, (count, 1)) + torch.arange(28)
    index = torch.arange(count)[:, None, None]
    return padded[index, rows[:, :, None], columns[:, None, :]][:, None]


def main(folder, out):
    torch.manual_seed(1)
    images, labels = load(folder, "train")
    test_images, test_labels = load(folder, "t10k")
    model = ConvNet()
    epochs, batch = 12, 128
    steps = epochs * (len(images) // batch)
    optimiser = torch.optim.Adam(model.parameters())
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 4e-3, total_steps=steps, pct_start=0.1)
    for epoch in range(epochs):
        model.train()
        order = torch.randperm(len(images))
        for part in order.split(batch)[: len(images) // batch]:
            loss = nn.functional.nll_loss(model(shifted(images[part])), labels[part])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
        model.eval()
        with torch.no_grad():
            wrong = sum(int((model(x).argmax(1) != y).sum())
                        for x, y in zip(test_images.split(500), test_labels.split(500)))
        print(f"epoch {epoch + 1}: {wrong} test errors", flush=True)
    torch.onnx.export(model, (test_images[:1],), out, dynamo=False, opset_version=17,
                      input_names=["image"], output_names=["log_probabilities"],
                      dynamic_axes={"image": {0: "batch"}, "log_probabilities": {0: "batch"}})


if __name__ == "__main__":
    main(*sys.argv[1:])
