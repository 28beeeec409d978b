"""Names, shapes and answers of published networks: tests/golden/zoo.safetensors

    python tools/golden/zoo.py BENCHMARK

Needs torchvision and timm beside what golden.py needs. BENCHMARK is a folder with a checkout of the
code of "Contrastive representation distillation" (Tian et al. 2020), whose package `models` has the
networks for small images. Nothing is trained or downloaded: weights are the patterns of `weight`, so the
file holds names with shapes (metadata "names/KIND") and digests of logits alone.
"""

import json
import math
import sys

import timm
import torch
import torchvision

from golden import digest, pattern, write

PHOTOS = "resnet18 resnet34 resnet50 vgg16 squeezenet1_1 mobilenet_v2 mobilenet_v3_small shufflenet_v2_x1_0".split()
SMALL = {"resnet20": "resnet20", "resnet8x4": "resnet8x4", "wrn_16_2": "wrn_16_2", "vgg8": "vgg8",
         "mobilenetv2_half": "MobileNetV2", "shufflenetv1": "ShuffleV1", "shufflenetv2": "ShuffleV2"}
# 138 million weights: the names are checked, and its layers are those of the others.
WITHOUT_ANSWER = {"vgg16"}


def weight(name, shape, seed):
    """Numbers that keep the values of all layers near 1; retort/model/start_slow_test.cpp has the same."""
    if name.endswith("running_var") or (len(shape) == 1 and name.endswith("weight")):
        return pattern(seed, shape, 0.5, 1.5)
    if len(shape) == 1:
        return pattern(seed, shape, -0.1, 0.1)
    bound = math.sqrt(3 * shape[0] / math.prod(shape))
    return pattern(seed, shape, -bound, bound)


def add(table, metadata, kind, model, side):
    names = model.state_dict()
    shapes = {name: list(tensor.shape) for name, tensor in names.items()}
    metadata["names/" + kind] = json.dumps(shapes, separators=(",", ":"))
    if kind in WITHOUT_ANSWER:
        return
    weights = sorted(name for name in shapes if not name.endswith("num_batches_tracked"))
    filled = {name: weight(name, shapes[name], 100 + i).float() for i, name in enumerate(weights)}
    model.load_state_dict(filled)
    images = pattern(1, (2, 3, side, side), 0, 1).float()
    with torch.no_grad():
        logits = model.eval()(images)
    print(kind, len(shapes), "names, largest logit", logits.abs().max().item(), flush=True)
    digest(table, kind, logits)


def main():
    sys.path.insert(0, sys.argv[1])
    from models import model_dict

    table, metadata = {}, {}
    for kind in PHOTOS:
        add(table, metadata, kind, getattr(torchvision.models, kind)(weights=None), 64)
    add(table, metadata, "deit", timm.create_model("deit_tiny_distilled_patch16_224", pretrained=False), 224)
    for kind, theirs in SMALL.items():
        add(table, metadata, kind, model_dict[theirs](num_classes=100), 32)
    write("zoo.safetensors", table, metadata)


main()
