"""Teachers of other classes become one network, from folders of photographs without a label."""

import csv
import json
import random

import tiny
from command import USAGE, CommandTest

SIDE = 8
COLOURS = {"cat": (220, 40, 60), "dog": (40, 210, 60), "apple": (50, 40, 220), "banana": (220, 210, 60),
           "neither": (230, 230, 230)}
POOLS = {"pets": ["cat", "dog"], "fruit": ["apple", "banana"]}

EXPERIMENT = """\
[data]
format = "folder"
path = "photos"
unlabelled = "unlabelled"
size = [8]

[teacher.pets]
file = "pets.safetensors"

[teacher.fruit]
file = "fruit.safetensors"
rename = ["pomme=apple"]

[teacher.both]
merge = ["pets", "fruit"]

[student]
model = { kind = "mlp", widths = [32] }
train = { epochs = 30, batch = 10, learning_rate = 0.01, optimiser = "adam" }

[twin]
enabled = false

[[objective]]
term = "distillation"
teacher = "both"
temperature = 2
"""


def colour_model(classes, directions):
    """A linear map from the mean red, green and blue of an image."""
    weights = [part / SIDE**2 for direction in directions for part in direction for _ in range(SIDE**2)]
    return tiny.model(side=SIDE, classes=classes, channels=3, weights=weights + [0.0] * len(classes))


class Merge(CommandTest):
    def setUp(self):
        super().setUp()
        self.noise = random.Random(1)
        for name in sum(POOLS.values(), []):
            for i in range(10):
                self.photo(f"photos/test/{name}/{i}.png", name)
        for pool, names in POOLS.items():
            for i in range(40):
                self.photo(f"photos/unlabelled/{pool}/{i}.png", names[i % 2])
        self.write("pets.safetensors", colour_model(["dog", "cat"], [(-9, 9, 0), (9, -9, 0)]))
        # Far larger logits than those of pets, and one class under another name.
        self.write("fruit.safetensors",
                   colour_model(["pomme", "banana", "pear"], [(-20, -20, 40), (20, 20, -40), (9, 9, 9)]))
        self.write("merge.toml", EXPERIMENT)

    def photo(self, name, kind):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        colour = [min(255, max(0, part + self.noise.randrange(-30, 31))) for part in COLOURS[kind]]
        path.write_bytes(tiny.png(SIDE, SIDE, colour))

    def test_folders_are_the_pools(self):
        self.works("run", "merge.toml", "--out", "out", "--quiet")
        result = self.result()
        self.assertEqual(result["merged"]["both"]["rule"], "pools")
        self.assertEqual(result["models"]["student"]["test"]["count"], 40)
        self.assertLessEqual(result["models"]["student"]["test"]["errors"], 2)
        # Nobody but the pools can know: side by side the louder teacher wins.
        self.assertGreaterEqual(result["models"]["both"]["test"]["errors"], 10)
        self.assertNotIn("twin", result["models"])

    def kept(self, confidence):
        """Of how many samples a merge by pools, whose owner has 0.95 of the answer, is sure."""
        out = f"sure-{confidence}"
        self.works("run", "merge.toml", "--out", out, "--quiet",
                   "--set", 'student.images.choose={teacher="both",per_class=15,confidence=0.6}',
                   "--set", f"objective.0.confidence={confidence}")
        rows = list(csv.DictReader((self.folder / out / "student" / "images.csv").open()))
        self.assertEqual(len(rows), 80)
        for row in rows:  # the pools in the order of their names
            self.assertIn(row["answer"], POOLS["fruit" if int(row["image"]) < 40 else "pets"])
        self.assertEqual(sum(row["fate"] == "kept" for row in rows), 60)
        epoch = (self.folder / out / "metrics.jsonl").read_text().splitlines()[-1]
        return json.loads(epoch)["terms"]["distillation/both"]["kept"]

    def test_the_surest_images_of_each_pool(self):
        self.assertEqual(self.kept(0.94), 1)
        self.assertEqual(self.kept(0.96), 0)

    def test_a_pool_of_nobody(self):
        (self.folder / "photos" / "unlabelled" / "pets").rename(
            self.folder / "photos" / "unlabelled" / "pet")
        self.refused(USAGE, "run", "merge.toml", "--out", "out",
                     says=["teacher.both.rule", 'a pool "pet"', "pets, fruit"])

    def test_no_labels_to_fit_to(self):
        self.refused(USAGE, "run", "merge.toml", "--out", "out", "--set",
                     "teacher.both.rule=calibrated", "--set", "teacher.both.fitted_to=labels",
                     says=["teacher.both.fitted_to", 'none is one of "pets" (dog, cat)'])

    def test_none_of_these(self):
        for i in range(20):
            self.photo(f"photos/train/neither/{i}.png", "neither")
            self.photo(f"photos/test/neither/{i}.png", "neither")
        self.works("run", "merge.toml", "--out", "out", "--quiet", "--set",
                   "teacher.both.none=neither")
        result = self.result()
        self.assertEqual(result["merged"]["both"]["members"], ["pets", "fruit", "neither"])
        within = result["merged"]["both"]["models"]["student"]
        self.assertEqual(within["count"], 60)
        self.assertLessEqual(within["errors"], 3)

    def test_some_labels(self):
        for name in sum(POOLS.values(), []):
            for i in range(2):
                self.photo(f"photos/train/{name}/{i}.png", name)
        labels = '\n[[objective]]\nterm = "cross_entropy"\n'
        self.write("merge.toml", EXPERIMENT + labels)
        self.works("run", "merge.toml", "--out", "out", "--quiet", "--set",
                   "teacher.both.rule=calibrated", "--set", "teacher.both.fitted_to=labels")
        result = self.result()
        merged = result["merged"]["both"]
        self.assertEqual(merged["rule"], "calibrated to labels")
        self.assertLess(result["models"]["both"]["test"]["errors"],
                        merged["teachers_together_errors"]["concatenate"])
        self.assertLessEqual(result["models"]["student"]["test"]["errors"], 4)
        # The twin learns from the eight as many steps as the student from all.
        self.works("run", "merge.toml", "--out", "twin", "--quiet", "--set", "twin.enabled=true",
                   "--set", "teacher.both.rule=pools")
        models = json.loads((self.folder / "twin" / "result.json").read_text())["models"]
        self.assertEqual(models["twin"]["training"]["images"], 8)
        self.assertEqual(models["student"]["training"]["images"], 88)
        self.assertEqual(models["twin"]["training"]["steps"], models["student"]["training"]["steps"])
        page = (self.folder / "twin" / "report.html").read_text()
        self.assertIn("the same network taught by 8 labels is right on", page)

    def test_a_twin_without_labels(self):
        self.refused(USAGE, "check", "merge.toml", "--set", "twin.enabled=true",
                     says=["none of the training images has a label", "wanted twin.enabled = false"])

    def test_a_teacher_of_other_images(self):
        self.write("pets.safetensors", tiny.model(side=SIDE, classes=["dog", "cat"], channels=1))
        self.refused(USAGE, "check", "merge.toml",
                     says=["pets.safetensors: wants images of 1x8x8, the data are 3x8x8"])
