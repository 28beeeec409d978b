"""Images moved by torchvision: tests/golden/transforms.safetensors, affine/CASE: [2, H, W].

Needs torchvision 0.26 beside what golden.py says. The cases stand in random_transforms_test.cpp too.
"""

import golden
from torchvision.transforms.v2 import InterpolationMode
from torchvision.transforms.v2.functional import affine

CASES = {  # height, width, degrees, scale, shear
    "turned": (9, 7, 30.0, 1.0, 0.0),
    "larger": (8, 8, 0.0, 1.3, 0.0),
    "slanted": (6, 9, 0.0, 1.0, 20.0),
    "all": (9, 7, -17.0, 0.8, 12.0),
}


def main():
    table = {}
    for number, (name, (height, width, degrees, scale, shear)) in enumerate(CASES.items()):
        image = golden.pattern(number, (2, height, width), 0, 1).float()
        table["affine/" + name] = affine(image, angle=degrees, translate=[0, 0], scale=scale, shear=[shear, 0.0],
                                         interpolation=InterpolationMode.BILINEAR)
    golden.write("transforms.safetensors", table)


if __name__ == "__main__":
    main()
