"""What an experiment may ask for beside teacher, student and twin: chosen classes, teachers that are
the mean of others, students with fitted biases, expected numbers."""

import json

import tiny
from command import MODEL, USAGE, VERIFICATION, CommandTest

ADJUST = '\n[[adjust]]\nname = "fair"\nprior = ["3=0.1"]\n'
MEMBERS = """
[teacher.second]
seed = 2
model = { kind = "mlp", widths = [32] }

[teacher.both]
members = ["big", "second"]
"""


def expected(number, band, source="a guess"):
    return f'\n[[expect]]\nnumber = "{number}"\n{band}\nsource = "{source}"\n'


class PartsOfARun(CommandTest):
    def run_text(self, text, *more, code=0, out="out"):
        self.write("x.toml", text)
        done = self.retort("run", "x.toml", "--out", out, "--threads", "1", "--quiet", *more)
        self.assertEqual(done.returncode, code, done.stderr)
        return done

    def refused_text(self, text, says):
        self.write("x.toml", text)
        for verb in ("run", "x.toml", "--out", "out"), ("check", "x.toml"):
            self.refused(USAGE, *verb, says=says)

    def test_classes_choose_the_students_images(self):
        chosen = "model = { kind = \"mlp\", widths = [8] }\nimages = { classes = [\"7\", \"8\"] }"
        text = tiny.EXPERIMENT.replace('model = { kind = "mlp", widths = [8] }', chosen)
        self.write("x.toml", text)
        models = json.loads(self.works("check", "x.toml", "--json"))["models"]
        images = {model["name"]: model["images"] for model in models}
        self.assertEqual(images, {"big": 250, "twin": 50, "student": 50})
        self.refused_text(text.replace('"8"]', '"ten"]'),
                          ["student.images.classes", 'no class "ten"', "there are: 0, 1"])

    def test_a_teacher_that_is_the_mean_of_others(self):
        text = tiny.EXPERIMENT.replace("[student]", MEMBERS + "\n[student]")
        text = text.replace('teacher = "big"', 'teacher = "both"')
        self.run_text(text)
        models = self.result()["models"]
        self.assertEqual(list(models), ["big", "second", "both", "twin", "student"])
        self.assertEqual(models["both"]["parameters"], 2 * models["big"]["parameters"])
        self.assertIn("student~both", self.result()["agreement"])
        self.run_text(text.replace('members = ["big", "second"]',
                                   'members = ["big", "second"]\nmean = "losses"'), out="losses")
        self.assertEqual(self.result("losses")["models"]["both"]["test"], models["both"]["test"])

    def test_members_that_cannot_be(self):
        text = tiny.EXPERIMENT.replace("[student]", MEMBERS + "\n[student]")
        text = text.replace('teacher = "big"', 'teacher = "both"')
        both = 'members = ["big", "second"]'
        self.refused_text(text.replace(both, 'members = ["big", "second", "secnd"]'),
                          ["teacher.both.members", "did you mean 'second'?"])
        self.refused_text(text.replace(both, 'members = ["big", "second", "big"]'), "stands there twice")
        self.refused_text(text.replace(both, 'members = ["big", "second", "both"]'), "is a mean itself")
        self.refused_text(text.replace(both, both + '\nmean = "medians"'), ["mean", "there are: prob"])
        self.refused_text(text.replace(both, both + "\nlabel_smoothing = 0.1"), "wanted one of a file, members")

    def test_a_students_biases_are_fitted(self):
        self.run_text(tiny.EXPERIMENT + ADJUST)
        result = self.result()
        self.assertEqual(result["models"]["fair"]["role"], "adjusted")
        fitted = result["adjusted"]["fair"]
        self.assertEqual(fitted["images"], 300)
        self.assertAlmostEqual(fitted["after"][3], 0.1, places=6)
        self.assertEqual([bias for c, bias in enumerate(fitted["biases"]) if c != 3], [0.0] * 9)
        # The verb does the same to the file.
        self.works("adjust", "out/student/model.safetensors", "--prior", "3=0.1", "--data", "data",
                   "--out", "fair.safetensors", "--threads", "1")
        told = json.loads(self.works("evaluate", "fair.safetensors", "--data", "data", "--json"))
        self.assertEqual(told["errors"], result["models"]["fair"]["test"]["errors"])
        self.assertEqual((self.folder / "fair.safetensors").read_bytes(),
                         (self.folder / "out/adjusted-fair/model.safetensors").read_bytes())

    def test_adjusting_to_every_class(self):
        self.write("m.safetensors", tiny.model())
        told = self.works("adjust", "m.safetensors", "--prior", "uniform", "--data", "data",
                          "--split", "test", "--out", "fair.onnx", "--json")
        document = json.loads(told)
        self.assertEqual(document["images"], 100)
        for one in document["classes"]:
            self.assertAlmostEqual(one["after"], 0.1, places=6)
        self.works("evaluate", "fair.onnx", "--data", "data")

    def test_priors_that_are_none(self):
        self.write("m.safetensors", tiny.model())

        def refused(says, *prior, code=USAGE):
            self.refused(code, "adjust", "m.safetensors", "--prior", *prior, "--data", "data",
                         "--out", "o.safetensors", says=says)

        refused('no class "ten"', "ten=0.1")
        refused("sum to 1.9", *(f"{c}=0.19" for c in range(10)))
        refused("sum to 1.2, wanted less than 1", "1=0.6", "2=0.6")
        refused('got "3=2"', "3=2")
        refused("stands there twice", "3=0.1", "3=0.1")
        refused("stands there twice", "3=0.1,4=0.1,3=0.2")
        refused("stands there twice", "3=0.1,4=0.1", "--prior=3=0.2")
        self.refused(USAGE, "adjust", "m.safetensors", "--prior", "3=0.1", "--data", "data",
                     "--out", "o.txt", says=["o.txt", ".safetensors or .onnx"])
        self.refused(USAGE, "adjust", "m.safetensors", "--prior", "3=0.1", "--data", "data",
                     "--out", "m.safetensors", says="would overwrite the model itself")
        self.refused(MODEL, "adjust", "none.safetensors", "--prior", "3=0.1", "--data", "data",
                     "--out", "o.safetensors", says="none.safetensors")
        self.refused_text(tiny.EXPERIMENT + ADJUST.replace("3=0.1", "ten=0.1"),
                          ["adjust.0", 'no class "ten"'])
        self.refused_text(tiny.EXPERIMENT + ADJUST.replace("fair", "twin"), "adjust.0.name")

    def test_expected_numbers(self):
        text = tiny.EXPERIMENT + expected("student.errors", "most = 100") + expected(
            "student.errors / twin.parameters", "least = 0\nmost = 1")
        done = self.run_text(text, "--verify")
        self.assertIn("student.errors / twin.parameters", done.stdout)
        self.assertTrue(all(one["holds"] for one in self.result()["expected"]))
        # Another band is no other experiment: nothing is trained again.
        worse = tiny.EXPERIMENT + expected("student.accuracy", "least = 2", "nobody believes it")
        done = self.run_text(worse, "--verify", code=VERIFICATION)
        self.assertIn("student.accuracy is", done.stderr)
        self.assertIn("wanted at least 2 (nobody believes it)", done.stderr)
        self.assertIn("OUTSIDE", done.stdout)
        self.run_text(worse)  # without --verify it is only told

    def test_expectations_that_no_run_could_meet_or_miss(self):
        def refused(says, *expectation):
            self.refused_text(tiny.EXPERIMENT + expected(*expectation), says)

        refused(["expect.0", "models: big, twin, student"], "big-one.errors", "most = 1")
        refused("did you mean 'errors'?", "student.error", "most = 1")
        refused('no class "ten"', "student.right.ten", "most = 1")
        refused("wanted a least or a most", "student.errors", "")
        refused("least <= most", "student.errors", "least = 2\nmost = 1")
        refused("wanted + - * / between two", "student.errors student.nll", "most = 1")
        self.refused(USAGE, "run", "tiny.toml", "--out", "out", "--verify", says="[[expect]]")

    def test_expected_numbers_of_a_sweep(self):
        text = tiny.EXPERIMENT + "\n[sweep]\nseed = [1, 2]\nobjective.distillation.temperature = [1, 4]\n"
        everywhere = expected("student.errors", "most = 100")
        over_all = expected("student.errors[] / twin.errors[]", "least = -1")
        between = expected("student.errors[temperature=1] - student.errors[temperature=4,seed=1|2]",
                           "least = -100\nmost = 100")
        done = self.run_text(text + everywhere + over_all + between, "--verify")
        verdicts = json.loads((self.folder / "out/sweep.json").read_text())["expected"]
        self.assertEqual(len(verdicts), 4 + 1 + 1)
        self.assertEqual(sum(one["cell"] is None for one in verdicts), 2)
        self.assertIn("holds", done.stdout)
        cells = {}
        for folder in (self.folder / "out").iterdir():
            if folder.is_dir() and not folder.name.startswith("."):
                models = json.loads((folder / "result.json").read_text())["models"]
                cells[folder.name] = {name: model["test"]["errors"] for name, model in models.items()}
        mean = sum(cell["student"] for cell in cells.values()) / sum(cell["twin"] for cell in cells.values())
        self.assertAlmostEqual(verdicts[4]["value"], mean)
        # Only the bands have changed: no cell is run again.
        worse = self.run_text(text + expected("student.errors[]", "most = -1"), "--verify", code=VERIFICATION)
        self.assertIn("student.errors[] is", worse.stderr)

    def test_choices_of_cells_that_no_sweep_has(self):
        text = tiny.EXPERIMENT + "\n[sweep]\nseed = [1, 2]\n"

        def refused(says, number):
            self.refused_text(text + expected(number, "most = 1"), ["expect.0.number", says])

        refused('no field "temperature" is swept', "student.errors[temperature=1]")
        refused("no cell has seed=3", "student.errors[seed=3]")
        refused("wanted FIELD=VALUE", "student.errors[seed]")
        refused("on every name, or on none", "student.errors[] / twin.errors")
