"""retort targets: soft targets as a table, a document and a page, recomputed from the bytes."""

import json
import math
import struct

import tiny
from command import DATA, MODEL, RESOURCES, USAGE, CommandTest


def logits_of(folder, split="test"):
    """[(logits, label)] of tiny.model() on the images of a folder."""
    image_file, label_file = tiny.FILES[split]
    pixels = (folder / image_file).read_bytes()[16:]
    labels = (folder / label_file).read_bytes()[8:]
    size = tiny.SIDE**2
    single = lambda value: struct.unpack("<f", struct.pack("<f", value))[0]
    weights = [single(0.01 * (i % 100)) for i in range(10 * size + 10)]
    rows = []
    for n, label in enumerate(labels):
        image = [value / 255 for value in pixels[n * size : (n + 1) * size]]
        row = [
            math.fsum(w * x for w, x in zip(weights[c * size : (c + 1) * size], image))
            + weights[10 * size + c]
            for c in range(10)
        ]
        rows.append((row, label))
    return rows


def soft_target(row, temperature):
    weights = [math.exp((t - max(row)) / temperature) for t in row]
    return [weight / sum(weights) for weight in weights]


def entropy(p):
    return -sum(x * math.log2(x) for x in p if x > 0)


class Targets(CommandTest):
    def setUp(self):
        super().setUp()
        self.write("m.safetensors", tiny.model())

    def targets(self, *more):
        return self.works("targets", "m.safetensors", "--data", "data", *more)

    def document(self, *more):
        done = self.retort("targets", "m.safetensors", "--data", "data", "--json", *more)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return json.loads(done.stdout)

    def refused_targets(self, code, *more, says):
        self.refused(code, "targets", "m.safetensors", "--data", "data", *more, says=says)

    def test_an_image_recomputed(self):
        row, label = logits_of(self.folder / "data")[17]
        document = self.document("--index", "17", "--temperature", "0.5,4")
        (image,) = document["images"]
        self.assertEqual((image["index"], image["label"]), (17, str(label)))
        self.assertEqual(image["answer"], str(row.index(max(row))))
        self.assertEqual([one["temperature"] for one in image["soft_targets"]], [0.5, 1, 4])
        for one in image["soft_targets"]:
            p = soft_target(row, one["temperature"])
            for found, expected in zip(one["probabilities"].values(), p):
                self.assertAlmostEqual(found, expected, places=5)
            self.assertAlmostEqual(one["entropy_bits"], entropy(p), places=4)

    def test_the_data_set_recomputed(self):
        for split, count in ("test", 100), ("train", 300):
            document = self.document("--split", split, "--temperature", "2")
            self.assertEqual((document["split"], document["count"]), (split, count))
            self.assertEqual([one["temperature"] for one in document["temperatures"]], [1, 2])
            found = document["temperatures"][1]
            rows = logits_of(self.folder / "data", split)
            targets = [soft_target(row, 2) for row, label in rows]
            mean = lambda values: sum(values) / len(values)
            self.assertAlmostEqual(found["entropy_bits"], mean([entropy(p) for p in targets]), places=4)
            self.assertAlmostEqual(found["entropy_share"], found["entropy_bits"] / math.log2(10))
            self.assertAlmostEqual(found["off_top"], mean([1 - max(p) for p in targets]), places=4)
            self.assertEqual(document["similarity"]["temperature"], 2)
            threes = [p for p, (row, label) in zip(targets, rows) if label == 3]
            for c, share in enumerate(document["similarity"]["mean_targets"][3]):
                self.assertAlmostEqual(share, mean([p[c] for p in threes]), places=4)

    def test_pairs_are_right_and_favour_what_they_say(self):
        document = self.document()
        for pair in document["telling_pairs"]:
            self.assertNotEqual(*pair["favours"])
            for image, favours in zip(pair["images"], pair["favours"]):
                self.assertEqual((image["label"], image["answer"]), (pair["class"],) * 2)
                wrong = dict(image["soft_targets"][0]["probabilities"])
                del wrong[pair["class"]]
                self.assertEqual(max(wrong, key=wrong.get), favours)
        names = [pair["class"] for pair in document["telling_pairs"]]
        for name in names[0], "7":
            found = [pair["class"] for pair in self.document("--class", name)["telling_pairs"]]
            self.assertEqual(found, [name] if name in names else [])

    def test_pairs_are_told_at_temperature_one(self):
        pairs = lambda *more: self.targets(*more).split("the clearest first:\n")[1].split("\n\n")[0]
        self.assertRegex(pairs(), r"at T = 1\n\d.* %")
        self.assertEqual(pairs("--temperature", "0.5,4"), pairs())

    def test_text_fits_eighty_columns(self):
        text = self.targets("--index", "3,4", "--index", "99")
        for words in "test image 3:", "test image 4:", "test image 99:", "entropy, bits", "gradient":
            self.assertIn(words, text)
        self.assertLessEqual(max(map(len, text.splitlines())), 80)
        self.assertIn("a typical one", self.targets())

    def test_page(self):
        text = self.targets("--html", "page.html")
        self.assertTrue(text.endswith("\npage.html\n"))
        page = (self.folder / "page.html").read_text()
        self.assertTrue(page.startswith("<!DOCTYPE html>") and page.endswith("</html>\n"))
        self.assertNotIn("<script", page)
        self.assertIn("soft target", page)

    def test_temperatures_that_teach_nothing(self):
        (hard,) = self.document("--temperature", "0.001")["warnings"]
        self.assertIn("raise the temperature", hard)
        (uniform,) = self.document("--temperature", "1e5")["warnings"]
        self.assertIn("lower the temperature", uniform)
        self.assertIn("warning: the soft targets at T = 100000", self.targets("--temperature", "1e5"))
        self.assertEqual(self.document("--temperature", "2")["warnings"], [])

    def test_temperature_that_is_none(self):
        for temperature in "0", "-1", "nan", "1e7", "hot", "", "1,hot", "4,0":
            self.refused_targets(USAGE, f"--temperature={temperature}", says="temperature")

    def test_index_that_is_not_there(self):
        for index in "100", "-1", "3,100":
            self.refused_targets(DATA, f"--index={index}", says=["100 images, 0 to 99"])
        self.assertEqual(self.document("--split", "train", "--index", "100")["images"][0]["index"], 100)
        for index in "x", "1.5":
            self.refused_targets(USAGE, f"--index={index}", says="--index")

    def test_class_and_split_that_are_not_there(self):
        self.refused_targets(USAGE, "--class", "seven", says=["no class 'seven'", "0, 1, 2"])
        self.refused_targets(USAGE, "--split", "validation", says=["--split", "train"])

    def test_model_that_does_not_fit(self):
        self.write("colour.safetensors", tiny.model(channels=3))
        self.refused(USAGE, "targets", "colour.safetensors", "--data", "data", says=["3x8x8", "1x8x8"])
        self.write("bad.safetensors", tiny.model()[:100])
        self.refused(MODEL, "targets", "bad.safetensors", "--data", "data", says="bad.safetensors")
        self.refused(DATA, "targets", "m.safetensors", "--data", "none", says="none")
        self.refused(USAGE, "targets", "m.safetensors", says="--data")

    def test_page_that_cannot_be_written(self):
        self.refused_targets(RESOURCES, "--html", "none/page.html", says="none/page.html")
