"""Bare weights of other programs: retort import, and init in an experiment."""

import json
import math
import struct

import tiny
from command import DATA, MODEL, USAGE, CommandTest

ONE_LAYER = {"logits.weight": [10, 64], "logits.bias": [10]}
TWO_LAYERS = {"fc1.weight": [8, 64], "fc1.bias": [8], "logits.weight": [10, 8], "logits.bias": [10]}


def bare(shapes=ONE_LAYER, prefix=""):
    """Weights as other programs write them; those of ONE_LAYER are tiny.model()'s."""
    counts = [math.prod(shape) for shape in shapes.values()]
    header, begin = {}, 0
    for (name, shape), count in zip(shapes.items(), counts, strict=True):
        header[prefix + name] = {"dtype": "F32", "shape": shape, "data_offsets": [begin, begin + 4 * count]}
        begin += 4 * count
    return tiny.safetensors(header, struct.pack(f"<{begin // 4}f", *(0.01 * (i % 100) for i in range(begin // 4))))


def import_words(**changes):
    options = {"kind": "mlp", "classes": "10", "input": "1,8,8", "out": "m.safetensors"} | changes
    return ["import", "w.safetensors", *(word for name in options for word in ("--" + name, options[name]))]


class Import(CommandTest):
    def setUp(self):
        super().setUp()
        self.write("w.safetensors", bare())

    def test_makes_a_model_that_everything_takes(self):
        told = self.works(*import_words())
        self.assertEqual(told, "m.safetensors: mlp, 10 classes without names, images of 1x8x8; 2 loaded\n")
        self.write("same.safetensors", tiny.model())
        scores = [
            json.loads(self.works("evaluate", name, "--data", "data", "--json"))["confusion"]
            for name in ("m.safetensors", "same.safetensors")
        ]
        self.assertEqual(*scores)
        self.works("export", "m.safetensors", "--fold", "--softmax", "--data", "data")
        self.works("predict", "m.onnx", "data:1")
        text = tiny.EXPERIMENT
        first, last = text.index("model = "), text.index("[student]")
        self.write("x.toml", f'{text[:first]}file = "m.safetensors"\n\n{text[last:]}')
        self.works("check", "x.toml")

    def test_names_of_classes_and_normalisation_go_into_the_model(self):
        self.write("names.txt", "".join(f"name {i} \r\n" for i in range(10)) + "\n")
        names = [f"name {i}" for i in range(10)]
        self.write("w.safetensors", bare(prefix="module."))
        for classes in "names.txt", ",".join(names):
            self.works(*import_words(classes=classes, normalise="0.5/0.25"))
            model = json.loads(self.works("describe", "m.safetensors", "--json"))["models"][0]
            self.assertEqual(model["classes"], names)
            self.assertEqual(model["normalisation"], {"mean": [0.5], "deviation": [0.25]})

    def test_fields_of_the_network(self):
        self.write("w.safetensors", bare(TWO_LAYERS))
        self.works(*import_words(set="widths=[8]"))
        says = "1 loaded, 2 missing (fc2.weight, fc2.bias), 3 of another shape (fc1.weight: 8x64, wanted 5x64, "
        self.refused(MODEL, *import_words(set="widths=[5, 4]"), says=says)
        self.refused(USAGE, *import_words(set="width=5"), says=["width", "widths"])
        self.refused(USAGE, *import_words(set="init_head=false"), says="init")

    def test_weights_that_do_not_fit(self):
        self.write("w.safetensors", bare({"logits.weight": [9, 64], "logits.bias": [9]}))
        says = ["w.safetensors", "0 loaded, 2 of another shape (logits.weight: 9x64, wanted 10x64"]
        self.refused(MODEL, *import_words(), says=says)
        self.write("w.safetensors", tiny.safetensors({}))
        self.refused(MODEL, *import_words(), says="2 missing (logits.weight, logits.bias)")
        (self.folder / "w.safetensors").unlink()
        self.refused(MODEL, *import_words(), says=["w.safetensors", "No such file"])

    def test_wrong_words(self):
        def refused(code, says, **changes):
            self.refused(code, *import_words(**changes), says=says)

        refused(USAGE, ["--kind", "mpl", "mlp"], kind="mpl")
        refused(USAGE, ["--classes", "'a' twice"], classes="a,b,a")
        refused(DATA, "none.txt", classes="none.txt")
        refused(USAGE, ["--normalise", "imagenet", "'mean'"], normalise="mean")
        refused(USAGE, "wanted 1 means", normalise="imagenet")
        refused(USAGE, "overwrite", out="w.safetensors")
        refused(USAGE, "--input", input="8,8")

    def test_bare_weights_in_place_of_a_model(self):
        told = self.refused(MODEL, "evaluate", "w.safetensors", "--data", "data", says="w.safetensors")
        self.assertIn("retort import", told)


class Start(CommandTest):
    """`init` is read, and must fit, before anything is trained."""

    def check(self, settings):
        words = f'"mlp", widths = [8], {settings}'
        self.write("x.toml", tiny.EXPERIMENT.replace('"mlp", widths = [8]', words))
        return "check", "x.toml"

    def test_fits(self):
        self.write("w.safetensors", bare(TWO_LAYERS))
        told = self.works(*self.check('init = "w.safetensors"'))
        for model in "student", "twin":
            self.assertIn(f"{model} starts from a file: 4 loaded\n", told)
        document = json.loads(self.works("check", "x.toml", "--json"))
        self.assertEqual([one["start"] for one in document["models"]], ["", "4 loaded", "4 loaded"])

    def test_misfit(self):
        self.write("w.safetensors", bare(TWO_LAYERS | {"logits.weight": [9, 8], "logits.bias": [9]}))
        check = self.check('init = "w.safetensors"')
        says = ["x.toml:", "model.init", "w.safetensors", "2 of another shape", "init_head = false"]
        for verb in check, ("run", "x.toml", "--out", "out"):
            self.refused(MODEL, *verb, says=says)
        told = self.works(*self.check('init = "w.safetensors", init_head = false'))
        self.assertIn("student starts from a file: 2 loaded, 2 left at their start (logits.weight, ", told)

    def test_no_file(self):
        self.refused(MODEL, *self.check('init = "none.safetensors"'), says=["x.toml:", "none.safetensors"])
        self.refused(USAGE, *self.check("init_head = false"), says=["x.toml:", "init_head", "init"])
