"""Soft targets of a net's logits: python tools/golden/soft_targets.py -> tests/golden/soft_targets.safetensors

The logits are those of mnist_logits.safetensors. numpy, written from the formulas one image at a time.
"""

import math
from pathlib import Path

import numpy
from safetensors.numpy import load_file, save_file

FOLDER = Path(__file__).resolve().parents[2] / "tests" / "golden"
TEMPERATURES = [0.5, 1, 4, 20, 1000]


def soft_target(logits, temperature):
    weights = [math.exp((t - max(logits)) / temperature) for t in logits]
    return [weight / math.fsum(weights) for weight in weights]


def entropy(p):
    return -math.fsum(x * math.log2(x) for x in p if x > 0)


def gradient_sizes(p):
    """sqrt(E g_i^2) of g_i = p_i (e_i - sum_j p_j e_j), independent e of size 1."""
    sizes = []
    for i, own in enumerate(p):
        others = [x for j, x in enumerate(p) if j != i]
        sizes.append(own * math.sqrt(math.fsum(others) ** 2 + math.fsum(x * x for x in others)))
    return sizes


def far_labels(logits, answer):
    mean = math.fsum(logits) / len(logits)
    deviation = math.sqrt(math.fsum((t - mean) ** 2 for t in logits) / len(logits))
    return [i for i, t in enumerate(logits) if i != answer and t < mean - deviation]


def class_means(targets, labels):
    means = numpy.zeros((len(targets[0]), len(targets[0])))
    for c in set(labels):
        means[c] = numpy.mean([p for p, label in zip(targets, labels) if label == c], axis=0)
    return means


def statistics(rows, labels, temperature):
    targets = [soft_target(row, temperature) for row in rows]
    answers = [row.index(max(row)) for row in rows]
    classes = range(len(rows[0]))
    negative, far, far_count = [], [], []
    for row, p, answer in zip(rows, targets, answers):
        sizes = gradient_sizes(p)
        distant = far_labels(row, answer)
        negative.append(math.fsum(sizes[i] for i in classes if i != answer) / math.fsum(sizes))
        far.append(math.fsum(sizes[i] for i in distant) / math.fsum(sizes))
        far_count.append(len(distant))
    right = [i for i, label in enumerate(labels) if answers[i] == label]
    right_means = class_means([targets[i] for i in right], [labels[i] for i in right])
    beyond = [
        math.fsum(x * math.log2(x / m) for x, m in zip(targets[i], right_means[labels[i]]) if x > 0)
        for i in right
    ]
    off = [math.fsum(x for i, x in enumerate(p) if i != a) for p, a in zip(targets, answers)]
    return {
        "entropy_bits": numpy.mean([entropy(p) for p in targets]),
        "off_top": numpy.mean(off),
        "spread": numpy.mean([max(p) - min(p) for p in targets]),
        "bits_beyond_class": numpy.mean(beyond),
        "negative_share": numpy.mean(negative),
        "far_share": numpy.mean(far),
        "far_labels": numpy.mean(far_count),
        "similarity": class_means(targets, labels),
    }


def telling_pairs(rows, labels):
    """[class]: image and favoured class of either; -1 where there is no pair."""
    pairs = numpy.full((len(rows[0]), 4), -1, dtype=numpy.int64)
    for c in range(len(rows[0])):
        best = {}
        for index, row in enumerate(rows):
            p = soft_target(row, 1)
            if labels[index] != c or p.index(max(p)) != c:
                continue
            first, second = sorted((i for i in range(len(p)) if i != c), key=lambda i: -p[i])[:2]
            lead = p[first] - p[second]
            if lead > best.get(first, (0, 0))[0]:
                best[first] = (lead, index)
        ranked = sorted(best, key=lambda a: -best[a][0])
        if len(ranked) > 1:
            pairs[c] = [best[ranked[0]][1], ranked[0], best[ranked[1]][1], ranked[1]]
    return pairs


def main():
    table = load_file(FOLDER / "mnist_logits.safetensors")
    rows = [[float(t) for t in row] for row in table["teacher"]]
    labels = [int(label) for label in table["labels"]]
    found = {"pairs": telling_pairs(rows, labels)}
    for temperature in TEMPERATURES:
        for name, value in statistics(rows, labels, temperature).items():
            found[f"T{temperature:g}/{name}"] = numpy.asarray(value, dtype=numpy.float64)
    save_file(found, FOLDER / "soft_targets.safetensors")
    print(found["pairs"])


if __name__ == "__main__":
    main()
