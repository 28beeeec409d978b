"""Forward, gradients and ten training steps: python tools/golden/training.py -> tests/golden/training.safetensors

A 784-32-16-10 network with given weights; inputs, labels and teacher logits of every step are
patterns (golden.py). PyTorch's own optimisers, in double, one tensor at a time (foreach and fused off).
"""

import torch
import torch.nn.functional as F

import golden
from losses import distillation

BATCH = 7
STEPS = 10
WIDTHS = [784, 32, 16, 10]
NAMES = ["fc1", "fc2", "logits"]

OPTIMISERS = {
    "sgd_momentum": lambda groups: torch.optim.SGD(groups, lr=0.01, momentum=0.9, foreach=False),
    "sgd_nesterov": lambda groups: torch.optim.SGD(
        groups, lr=0.01, momentum=0.9, nesterov=True, foreach=False
    ),
    "sgd_plain": lambda groups: torch.optim.SGD(groups, lr=0.02, foreach=False),
    "adam": lambda groups: torch.optim.Adam(groups, lr=2e-3, foreach=False),
    "adamw": lambda groups: torch.optim.AdamW(groups, lr=2e-3, foreach=False),
}
DECAY = {"sgd_nesterov": 0.1, "adamw": 0.5}


def weights():
    table = {}
    for i, name in enumerate(NAMES):
        bound = (6.0 / WIDTHS[i]) ** 0.5
        table[name + ".weight"] = golden.pattern(10 + i, (WIDTHS[i + 1], WIDTHS[i]), -bound, bound)
        table[name + ".bias"] = golden.pattern(20 + i, (WIDTHS[i + 1],), -0.1, 0.1)
    # The numbers that the fp32 network starts from.
    return {name: tensor.float().double().requires_grad_() for name, tensor in table.items()}


def batch(step):
    inputs = golden.pattern(100 + step, (BATCH, 1, 28, 28), 0, 1).float().double()
    targets = golden.labels(200 + step, (BATCH,), WIDTHS[-1])
    teacher = golden.pattern(300 + step, (BATCH, WIDTHS[-1]), -8, 8).float().double()
    return inputs, targets, teacher


def forward(table, inputs):
    taps = {"flatten": inputs.flatten(1)}
    taps["fc1"] = F.linear(taps["flatten"], table["fc1.weight"], table["fc1.bias"])
    taps["relu1"] = taps["fc1"].relu()
    taps["fc2"] = F.linear(taps["relu1"], table["fc2.weight"], table["fc2.bias"])
    taps["relu2"] = taps["fc2"].relu()
    taps["logits"] = F.linear(taps["relu2"], table["logits.weight"], table["logits.bias"])
    return taps


def loss(table, inputs, targets, teacher):
    logits = forward(table, inputs)["logits"]
    soft = distillation(logits, teacher, 4.0) / BATCH
    return 0.1 * F.cross_entropy(logits, targets) + 0.9 * soft


def train(table, name):
    params = weights()
    groups = [
        {
            "params": [p for n, p in params.items() if n.endswith("weight")],
            "weight_decay": DECAY.get(name, 0.0),
        },
        {"params": [p for n, p in params.items() if n.endswith("bias")], "weight_decay": 0.0},
    ]
    optimiser = OPTIMISERS[name](groups)
    losses = []
    for step in range(STEPS):
        optimiser.zero_grad()
        value = loss(params, *batch(step))
        value.backward()
        optimiser.step()
        losses.append(value.item())
    table[name + "/losses"] = torch.tensor(losses, dtype=torch.float64)
    for weight, value in params.items():
        golden.digest(table, f"{name}/{weight}", value)
    print(name, ["%.4f" % value for value in losses])


def main():
    table = {}
    params = weights()
    inputs, targets, _ = batch(0)
    inputs.requires_grad_()
    for name, value in forward(params, inputs).items():
        golden.digest(table, "forward/" + name, value)
    value = F.cross_entropy(forward(params, inputs)["logits"], targets)
    value.backward()
    table["forward/loss"] = value.detach()
    for name, weight in params.items():
        golden.digest(table, "gradient/" + name, weight.grad)
    golden.digest(table, "gradient/input", inputs.grad)
    # The same network, told that pixels have this mean and deviation.
    normalised = forward(params, (inputs - 0.1307) / 0.3081)["logits"]
    golden.digest(table, "normalised/logits", normalised)
    for name in OPTIMISERS:
        train(table, name)
    golden.write("training.safetensors", table)


if __name__ == "__main__":
    main()
