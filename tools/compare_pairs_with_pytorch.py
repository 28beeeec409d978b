"""Steps of distillation in PyTorch and here, in turns: python tools/compare_pairs_with_pytorch.py

Needs torch 2.11 and torchvision in an environment of its own; bench_distillation_step must be built
(cmake --build --preset dev --target bench_distillation_step). Nothing else may run meanwhile: each
side is a process of its own, in alternation. PyTorch's side is the loop of the public repositories:
eager, fp32, images of CIFAR's size through torchvision's crop, flip and normalisation and a
DataLoader, the teacher in evaluation mode without gradient, T^2 KL + cross-entropy, top-1 and top-5
counted, SGD with momentum. As there, the student answers before the teacher: PyTorch's memory then
goes back to the system between the teacher's layers and comes again page by page; --teacher-first
is kinder to it. On both sides the batch's making is in the time. --workers is the loader's: 0, the
default, was quickest on two cores, where 1 and 2 take time from the training's threads.
"""

import argparse
import re
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CLASSES = 100
PAIRS = {
    "resnet56->resnet20": (861620, 278324),
    "wrn_40_2->wrn_16_2": (2255156, 703284),
    "vgg13->vgg8": (9462180, 3965028),
    "resnet32x4->resnet8x4": (7433860, 1233540),
    "vgg13->mobilenetv2_half": (9462180, 812836),
}


def networks():
    """The networks by name, written after their papers; see retort/model/zoo for the references."""
    from torch import nn

    def conv(into, out, kernel=3, stride=1, **more):
        more = {"padding": kernel // 2, "bias": False} | more
        return nn.Conv2d(into, out, kernel, stride, **more)

    class Sum(nn.Module):
        """What the branches say, added; None stands for the input itself."""

        def __init__(self, before, branch, shortcut, after):
            super().__init__()
            self.before, self.branch, self.after = before, branch, after
            self.shortcut = shortcut
            self.bypasses = shortcut is None and not isinstance(before, nn.Identity)

        def forward(self, x):
            y = self.before(x)
            shortcut = x if self.bypasses else y if self.shortcut is None else self.shortcut(y)
            return self.after(self.branch(y) + shortcut)

    def classifier(width):
        return [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(width, CLASSES)]

    def resnet(depth, widths):
        layers = [conv(3, widths[0]), nn.BatchNorm2d(widths[0]), nn.ReLU()]
        into = widths[0]
        for stage, out in enumerate(widths[1:]):
            for block in range((depth - 2) // 6):
                stride = 2 if stage > 0 and block == 0 else 1
                branch = nn.Sequential(conv(into, out, 3, stride), nn.BatchNorm2d(out), nn.ReLU(),
                                       conv(out, out), nn.BatchNorm2d(out))
                same = into == out and stride == 1
                shortcut = None if same else nn.Sequential(conv(into, out, 1, stride),
                                                           nn.BatchNorm2d(out))
                layers.append(Sum(nn.Identity(), branch, shortcut, nn.ReLU()))
                into = out
        return nn.Sequential(*layers, *classifier(into))

    def wide_resnet(depth, widening):
        layers, into = [conv(3, 16)], 16
        for stage in range(3):
            out = 16 * widening * 2**stage
            for block in range((depth - 4) // 6):
                stride = 2 if stage > 0 and block == 0 else 1
                branch = nn.Sequential(conv(into, out, 3, stride), nn.BatchNorm2d(out), nn.ReLU(),
                                       conv(out, out))
                shortcut = None if into == out else conv(into, out, 1, stride)
                before = nn.Sequential(nn.BatchNorm2d(into), nn.ReLU())
                layers.append(Sum(before, branch, shortcut, nn.Identity()))
                into = out
        return nn.Sequential(*layers, nn.BatchNorm2d(into), nn.ReLU(), *classifier(into))

    def vgg(convolutions):
        layers, into = [], 3
        for block, out in enumerate((64, 128, 256, 512, 512)):
            for _ in range(convolutions):
                layers += [conv(into, out, bias=True), nn.BatchNorm2d(out), nn.ReLU(inplace=True)]
                into = out
            layers += [nn.MaxPool2d(2)] if block < 3 else []
        return nn.Sequential(*layers, *classifier(into))

    def mobilenet_v2():
        def layer(into, out, kernel, stride, groups=1):
            return [conv(into, out, kernel, stride, groups=groups), nn.BatchNorm2d(out)]

        layers, into = [*layer(3, 16, 3, 2), nn.ReLU(inplace=True)], 16
        for expansion, out, blocks, first in ((1, 8, 1, 1), (6, 12, 2, 1), (6, 16, 3, 2),
                                              (6, 32, 4, 2), (6, 48, 3, 1), (6, 80, 3, 2),
                                              (6, 160, 1, 1)):
            for block in range(blocks):
                wide, stride = expansion * into, first if block == 0 else 1
                branch = nn.Sequential(*layer(into, wide, 1, 1), nn.ReLU(inplace=True),
                                       *layer(wide, wide, 3, stride, wide), nn.ReLU(inplace=True),
                                       *layer(wide, out, 1, 1))
                same = into == out and stride == 1
                layers.append(Sum(nn.Identity(), branch, None, nn.Identity()) if same else branch)
                into = out
        layers += [*layer(into, 1280, 1, 1), nn.ReLU(inplace=True)]
        return nn.Sequential(*layers, *classifier(1280))

    basic, wide = (16, 16, 32, 64), (32, 64, 128, 256)
    return {"resnet56": lambda: resnet(56, basic), "resnet20": lambda: resnet(20, basic),
            "resnet32x4": lambda: resnet(32, wide), "resnet8x4": lambda: resnet(8, wide),
            "wrn_40_2": lambda: wide_resnet(40, 2), "wrn_16_2": lambda: wide_resnet(16, 2),
            "vgg13": lambda: vgg(2), "vgg8": lambda: vgg(1), "mobilenetv2_half": mobilenet_v2}


def loader(size, batch, workers):
    """Noise as the public loops load CIFAR: image by image, through Pillow."""
    import numpy
    from PIL import Image
    from torch.utils.data import DataLoader, Dataset
    from torchvision import transforms

    class Noise(Dataset):
        def __init__(self):
            self.pixels = numpy.random.default_rng(1).integers(0, 256, (size, 32, 32, 3), "uint8")
            self.transform = transforms.Compose([
                transforms.RandomCrop(32, padding=4), transforms.RandomHorizontalFlip(),
                transforms.ToTensor(), transforms.Normalize((0.5, 0.5, 0.5), (0.25, 0.25, 0.25))])

        def __len__(self):
            return size

        def __getitem__(self, index):
            return self.transform(Image.fromarray(self.pixels[index])), index % CLASSES

    return DataLoader(Noise(), batch_size=batch, shuffle=True, num_workers=workers)


def pytorch_step(pair, steps, threads, batch, workers, teacher_first):
    """Milliseconds of a step of the public loop, the median."""
    import torch
    from torch.nn import functional

    torch.set_num_threads(threads)
    torch.manual_seed(1)
    teacher, student = (networks()[name]() for name in pair.split("->"))
    counts = tuple(sum(p.numel() for p in net.parameters()) for net in (teacher, student))
    assert counts == PAIRS[pair], f"{pair}: {counts} parameters, wanted {PAIRS[pair]}"
    teacher.eval()
    optimiser = torch.optim.SGD(student.parameters(), lr=0.01, momentum=0.9, weight_decay=5e-4)
    student.train()
    times = []
    start = time.perf_counter()
    for x, target in loader(steps * batch, batch, workers):
        if teacher_first:
            with torch.no_grad():
                soft = teacher(x)
        logits = student(x)
        if not teacher_first:
            with torch.no_grad():
                soft = teacher(x)
        loss = functional.cross_entropy(logits, target) + 16 * functional.kl_div(
            functional.log_softmax(logits / 4, 1), functional.softmax(soft / 4, 1),
            reduction="batchmean")
        right = logits.topk(5).indices == target[:, None]
        right[:, :1].sum().item(), right.sum().item(), loss.item()  # the loops print them
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        end = time.perf_counter()
        times.append(1000 * (end - start))
        start = end
    return statistics.median(times[1:])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default=ROOT / "build/dev/bin/bench_distillation_step")
    parser.add_argument("--pair", choices=PAIRS, help="one instead of all")
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--workers", type=int, default=0, help="of PyTorch's loader")
    parser.add_argument("--teacher-first", action="store_true",
                        help="PyTorch asks the teacher before the student")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--pytorch", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    sizes = [str(n) for n in (options.steps, options.threads, options.batch)]
    if options.pytorch:
        step = pytorch_step(options.pair, options.steps, options.threads, options.batch,
                            options.workers, options.teacher_first)
        print(f"{step:.2f} ms a step")
        return
    ratios = {"fp32": [], "bf16": []}
    for pair in [options.pair] if options.pair else PAIRS:
        ours = [options.program, pair, *sizes]
        theirs = [sys.executable, __file__, "--pytorch", "--pair", pair, "--steps", sizes[0],
                  "--threads", sizes[1], "--batch", sizes[2], "--workers", str(options.workers)]
        theirs += ["--teacher-first"] if options.teacher_first else []
        commands = {"fp32": [*ours, "fp32"], "bf16": [*ours, "bf16"], "pytorch": theirs}
        times = {name: [] for name in commands}
        for _ in range(options.rounds):
            for name, command in commands.items():
                output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
                times[name].append(float(re.search(r"([\d.]+) ms a step", output)[1]))
                counts = re.search(r"(\d+) and (\d+) parameters", output)
                assert not counts or tuple(map(int, counts.groups())) == PAIRS[pair], output
        medians = {name: statistics.median(values) for name, values in times.items()}
        for name in ratios:
            ratios[name].append(medians["pytorch"] / medians[name])
        print(f"{pair}: PyTorch fp32 {medians['pytorch']:.1f} ms; fp32 {medians['fp32']:.1f} ms, "
              f"ratio {ratios['fp32'][-1]:.2f}; bf16 {medians['bf16']:.1f} ms, "
              f"ratio {ratios['bf16'][-1]:.2f}", flush=True)
    print("mean ratio: " + ", ".join(f"{name} {statistics.mean(values):.2f}"
                                     for name, values in ratios.items()))


if __name__ == "__main__":
    main()
