"""Values and gradients of the losses: python tools/golden/losses.py -> tests/golden/losses.safetensors

Everything in double; sums, not means. The logits are patterns, see golden.py.
"""

import torch
import torch.nn.functional as F

import golden

SHAPES = [(1, 2), (3, 10), (64, 10), (7, 100), (2, 1000), (64, 1000), (2, 5, 3, 4)]
TEMPERATURES = [0.5, 1, 2, 4, 20, 1000]


def text(shape):
    return "x".join(str(size) for size in shape)


def record(table, name, value, student):
    (gradient,) = torch.autograd.grad(value, student)
    table[name + "/sum"] = value.detach()
    golden.digest(table, name + "/gradient", gradient)


def distillation(student, teacher, temperature):
    """Hinton, Vinyals, Dean 2015: T^2 KL(teacher at T || student at T), summed over the samples."""
    return temperature**2 * F.kl_div(
        F.log_softmax(student / temperature, 1),
        F.log_softmax(teacher / temperature, 1),
        reduction="sum",
        log_target=True,
    )


def logit_matching(student, teacher):
    """The limit of the above for a high temperature, section 2.1 of the same paper."""
    difference = student - teacher
    centred = difference - difference.mean(1, keepdim=True)
    return centred.square().sum() / (2 * student.shape[1])


def main():
    table = {}
    for shape in SHAPES:
        student = golden.pattern(1, shape, -6, 6).requires_grad_()
        teacher = golden.pattern(2, shape, -9, 9)
        target_shape = shape[:1] + shape[2:]
        target = golden.labels(3, target_shape, shape[1])
        # Every third one, from the second on, has no label.
        some = target.clone()
        some.view(-1)[1::3] = -1
        for temperature in TEMPERATURES:
            value = distillation(student, teacher, temperature)
            record(table, f"distillation/{text(shape)}/T{temperature:g}", value, student)
        record(table, f"logit_matching/{text(shape)}", logit_matching(student, teacher), student)
        for smoothing in (0.0, 0.1):
            for kind, wanted in (("all", target), ("some", some)):
                name = f"cross_entropy/{text(shape)}/smoothing{smoothing:g}/{kind}"
                value = F.cross_entropy(
                    student, wanted, reduction="sum", ignore_index=-1, label_smoothing=smoothing
                )
                record(table, name, value, student)
                table[name + "/count"] = (wanted >= 0).sum()
    golden.write("losses.safetensors", table)


if __name__ == "__main__":
    main()
