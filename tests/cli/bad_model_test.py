"""Model files that are damaged (exit code 4) or do not fit the data (2)."""

import json

import tiny
from command import DATA, MODEL, USAGE, CommandTest

JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000") + bytes(range(256)) * 4


def entry(begin, end, shape=(1,)):
    return {"dtype": "F32", "shape": list(shape), "data_offsets": [begin, end]}


class BadModel(CommandTest):
    def refused_model(self, content, *says, name="bad.safetensors"):
        """Refused by everything that opens a model, a teacher's file in an experiment too."""
        self.write(name, content)
        told = self.refused(MODEL, "describe", name, says=[name, *says])
        self.assertEqual(self.refused(MODEL, "evaluate", name, "--data", "data"), told)
        self.assertEqual(self.refused(MODEL, "predict", name, "data:1"), told)

    def test_offsets(self):
        self.refused_model(tiny.safetensors({"a": entry(0, 4), "b": entry(2, 6)}, bytes(6)), "'b'", "overlap")
        self.refused_model(tiny.safetensors({"a": entry(0, 4), "b": entry(8, 12)}, bytes(12)), "'b'", "hole")
        self.refused_model(tiny.safetensors({"a": entry(0, 8, [2])}, bytes(4)), "8 bytes", "got 4")
        self.refused_model(tiny.safetensors({"a": entry(4, 0)}, bytes(4)), "'a'")

    def test_numbers_that_overflow(self):
        self.refused_model(tiny.safetensors({"a": entry(2**64 - 4, 2**64 - 1)}, bytes(4)), "'a'")
        self.refused_model(tiny.safetensors({"a": entry(0, 2**64)}, bytes(4)), "'a'")
        self.refused_model(tiny.safetensors({"a": entry(0, 4, [2**62, 8])}, bytes(4)), "'a'", "overflow")

    def test_header_that_lies_about_its_length(self):
        for length in 2**60, 2**64 - 1, 10_000:
            self.refused_model(tiny.safetensors({}, length=length), f"{length} bytes")

    def test_duplicate_names(self):
        one = json.dumps(entry(0, 4))
        self.refused_model(tiny.safetensors(f'{{"a": {one}, "a": {one}}}', bytes(4)), "'a'", "twice")

    def test_cut_off(self):
        whole = tiny.model()
        for length in 0, 1, 7, 8, 100, len(whole) - 1:
            self.refused_model(whole[:length])

    def test_weights_without_a_model(self):
        self.refused_model(tiny.safetensors({"a": entry(0, 4)}, bytes(4)), "retort.graph")

    def test_model_that_cannot_be(self):
        whole = tiny.model()
        self.refused_model(whole.replace(b'"linear\\"', b'"lineer\\"'), "did you mean 'linear'?")
        self.refused_model(whole.replace(b'"logits.bias"', b'"logits.bios"'), "logits.bias")
        self.refused_model(whole.replace(b"F32", b"I32"), "logits.weight", "fp32")
        self.refused_model(whole.replace(b'"retort.format": "1"', b'"retort.format": "9"'), "'9'")

    def test_onnx(self):
        for content in JPEG, b"", b"\0" * 50, tiny.model():
            self.refused_model(content, "ONNX", name="bad.onnx")

    def test_onnx_cut_off(self):
        self.write("m.safetensors", tiny.model())
        self.works("export", "m.safetensors")
        whole = (self.folder / "m.onnx").read_bytes()
        for length in 1, 10, len(whole) // 2, len(whole) - 1:
            self.refused_model(whole[:length], "cut off", name="bad.onnx")

    def test_no_such_file(self):
        for name in "none.safetensors", "none.onnx", "none/model.safetensors":
            self.refused(MODEL, "describe", name, says=[name, "No such file"])
            self.refused(MODEL, "evaluate", name, "--data", "data", says=[name, "No such file"])
        self.refused(MODEL, "describe", "data", says="data")
        self.refused(MODEL, "export", "none.safetensors", says="none.safetensors")

    def test_export_of_what_is_no_model_of_ours(self):
        self.write("bad.safetensors", tiny.safetensors({"a": entry(0, 4)}, bytes(4)))
        self.refused(MODEL, "export", "bad.safetensors", "--out", "bad.onnx", says="bad.safetensors")

    def test_export_over_itself(self):
        self.write("m.safetensors", tiny.model())
        self.refused(USAGE, "export", "m.safetensors", "--out", "./m.safetensors", says="overwrite")


class Misfit(CommandTest):
    """Whole files for other data."""

    def refused_everywhere(self, name, *says):
        self.refused(USAGE, "evaluate", name, "--data", "data", says=[name, *says])
        self.refused(USAGE, "export", name, "--out", "x.onnx", "--data", "data", says=[name, *says])
        self.refused_by_experiments(name, *says)

    def refused_by_experiments(self, name, *says):
        text = tiny.EXPERIMENT
        first, last = text.index("model = "), text.index("[student]")
        self.write("x.toml", f'{text[:first]}file = "{name}"\n\n{text[last:]}')
        for verb in ("run", "x.toml", "--out", "out"), ("check", "x.toml"):
            self.refused(USAGE, *verb, says=[name, *says])

    def test_other_classes(self):
        self.write("m.safetensors", tiny.model(classes=list("abcde")))
        self.refused_by_experiments("m.safetensors", "classes", "10", "5", "'a'")
        self.write("m.safetensors", tiny.model(classes=tiny.CLASSES[:9] + ["ten"]))
        self.refused_by_experiments("m.safetensors", "missing in the model: '9'", "'ten'")

    def test_idx_files_take_the_names_of_the_model(self):
        self.write("m.safetensors", tiny.model(classes=tiny.CLASSES[:9] + ["ten"]))
        self.works("evaluate", "m.safetensors", "--data", "data")
        self.works("export", "m.safetensors", "--out", "x.onnx", "--data", "data")
        self.write("m.safetensors", tiny.model(classes=list("abcde")))
        says = ["data", "there are 5 classes"]
        self.refused(DATA, "evaluate", "m.safetensors", "--data", "data", says=says)

    def test_other_channels(self):
        self.write("m.safetensors", tiny.model(channels=3))
        self.refused_everywhere("m.safetensors", "3x8x8", "1x8x8")

    def test_other_sizes_are_resized(self):
        self.write("m.safetensors", tiny.model(side=16))
        self.works("evaluate", "m.safetensors", "--data", "data")
        text = tiny.EXPERIMENT
        first, last = text.index("model = "), text.index("[student]")
        self.write("x.toml", f'{text[:first]}file = "m.safetensors"\n\n{text[last:]}')
        told = self.works("check", "x.toml")
        self.assertIn("big sees the images, which are 1x8x8, resized to 1x16x16", told)

    def stranger(self, settings):
        """A run with a teacher of which nothing is known but these settings."""
        text = tiny.EXPERIMENT
        first, last = text.index("model = "), text.index("[student]")
        settings = f'file = "m.safetensors"\n{settings}'
        self.write("x.toml", f"{text[:first]}{settings}\n\n{text[last:]}")
        return "run", "x.toml", "--out", "out", "--set", "student.train.epochs=1"

    def test_a_teacher_at_chance(self):
        self.write("m.safetensors", tiny.good_model())
        self.works(*self.stranger(""))
        wrong = "normalise = { mean = [100], deviation = [1] }"
        says = ["teacher.big: m.safetensors is right on", "10.0 %", "teacher.big.normalise",
                "accept_at_chance", "With normalise = { mean = [0], deviation = [1] } it is right on 100.0 %"]
        self.remove("out")
        self.fails(USAGE, *self.stranger(wrong), says=says, lines=None)
        self.remove("out")
        self.works(*self.stranger(wrong + "\naccept_at_chance = true"))

    def test_what_the_experiment_says_of_a_file(self):
        self.write("m.safetensors", tiny.good_model(classes=[]))
        self.works(*self.stranger(""))
        turned = ", ".join(f'"{name}"' for name in tiny.CLASSES[::-1])
        self.remove("out")
        self.fails(USAGE, *self.stranger(f"classes = [{turned}]"), says="is right on", lines=None)
        says = ["x.toml:", "teacher.big: classes: 2 names", "10"]
        self.refused(USAGE, *self.stranger('classes = ["a", "b"]'), says=says)
        says = ["teacher.big", "normalisation: wanted 1 means", "got 3"]
        self.refused(USAGE, *self.stranger("normalise = { mean = [0, 0, 0], deviation = [1, 1, 1] }"), says=says)
        says = "teacher.big.normalise: is said of a file, and there is none"
        self.refused(USAGE, "check", "tiny.toml", "--set", "teacher.big.normalise.mean=[0.5]", says=says)

    def test_classes_in_another_order_fit(self):
        self.write("m.safetensors", tiny.model())
        self.write("turned.safetensors", tiny.model(classes=tiny.CLASSES[::-1]))
        scores = [
            json.loads(self.works("evaluate", name, "--data", "data", "--json"))["class_accuracy"]
            for name in ("m.safetensors", "turned.safetensors")
        ]
        self.assertNotEqual(*scores)
