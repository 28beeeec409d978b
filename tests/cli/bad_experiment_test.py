"""Experiment files that cannot be: exit code 2, a line a problem, with the file's line."""

import tiny
from command import DATA, USAGE, CommandTest


def line_of(text, part):
    return text[: text.index(part)].count("\n") + 1


class BadExperiment(CommandTest):
    def refused_text(self, text, says, lines=1):
        """Refused by run (which leaves no folder) and, alike, by check."""
        self.write("x.toml", text)
        told = self.refused(USAGE, "run", "x.toml", "--out", "out", says=says, lines=lines)
        self.assertEqual(self.refused(USAGE, "check", "x.toml", lines=lines), told)

    def refused_change(self, before, after, says):
        """One change in the good file; the line it is in is told."""
        text = tiny.EXPERIMENT.replace(before, after, 1)
        self.assertNotEqual(text, tiny.EXPERIMENT)
        place = f"x.toml:{line_of(tiny.EXPERIMENT, before)}:"
        self.refused_text(text, [place, *([says] if isinstance(says, str) else says)])

    def test_misspelt_key_names_the_nearest(self):
        self.refused_change(
            "epochs = 3", "epoch = 3", ["teacher.big.train.epoch: unknown key", "did you mean 'epochs'?"]
        )
        self.refused_change("temperature = 4", "temprature = 4", "did you mean 'temperature'?")

    def test_key_near_nothing_lists_what_there_is(self):
        self.refused_change("seed = 1", "moonlight = 1", "there are: name, seed, data, other, teacher, student")

    def test_several_problems_have_a_line_each(self):
        text = tiny.EXPERIMENT.replace("epochs", "epoch").replace("temperature = 4", "temperature = 0")
        self.refused_text(
            text,
            [
                "teacher.big.train.epoch: unknown key",
                "student.train.epoch: unknown key",
                "objective.1.temperature: wanted a number above 0 .. 1000000, got 0",
            ],
            lines=3,
        )

    def test_text_for_a_number(self):
        self.refused_change("epochs = 3", 'epochs = "many"', ["wanted an integer", 'got "many"'])
        self.refused_change("epochs = 3", "epochs = 2.5", ["wanted an integer", "got 2.5"])
        self.refused_change("weight = 0.5", "weight = nan", ["wanted a number >= 0", "got nan"])

    def test_temperature(self):
        for value in "0", "-1", "inf":
            self.refused_change(
                "temperature = 4", f"temperature = {value}", ["objective.1.temperature", f"got {value}"]
            )

    def test_unknown_kinds(self):
        self.refused_change('"distillation"', '"destillation"', ["objective.1.term", "did you mean 'distillation'?"])
        self.refused_change('"cross_entropy"', '"nothing"', "there are: cross_entropy, distillation")
        self.refused_change('kind = "mlp"', 'kind = "mlpp"', ["teacher.big.model.kind", "did you mean 'mlp'?"])
        self.refused_change('format = "idx"', 'format = "csv"', ["data.format", '"csv"', "there are: idx"])

    def test_unknown_teacher_is_one_problem(self):
        self.refused_change('teacher = "big"', 'teacher = "bug"', ['no teacher "bug"', "did you mean 'big'?"])

    def test_teacher_nobody_listens_to(self):
        text = tiny.EXPERIMENT.split('[[objective]]\nterm = "distillation"')[0]
        self.refused_text(text, ["x.toml:9: teacher.big: no term"])

    def test_missing_fields(self):
        text = tiny.EXPERIMENT.replace('path = "data"\n', "")
        self.refused_text(text, ["x.toml:4: data.path: is required"])
        text = tiny.EXPERIMENT.replace('teacher = "big"\n', "")
        self.refused_text(text, ["objective.1.teacher: is required"])
        self.refused_text("", ["data: is required", "student: is required", "objective: is required"], lines=3)

    def test_syntax(self):
        self.refused_change("weight = 0.5", "weight = ", "expected value")
        self.refused_change("[student]\n", "[student\n", "expected ']'")
        self.refused_text("\0\xff", ["x.toml:1:"])

    def test_duplicate_key(self):
        self.refused_text(
            tiny.EXPERIMENT.replace("seed = 1", "seed = 1\nseed = 2"), ["x.toml:3:", "redefine", "'seed'"]
        )

    def test_file_and_training_of_one_teacher(self):
        self.refused_text(
            tiny.EXPERIMENT.replace("[teacher.big]", '[teacher.big]\nfile = "m.safetensors"'),
            ["x.toml:9: teacher.big:", "wanted one of a file, members"],
        )

    def test_network_that_cannot_be(self):
        self.refused_change(
            "widths = [32]", "widths = [32], dropout = [0.5]", ["teacher.big.model: dropout", "wanted 2", "got 1"]
        )

    def test_no_such_file(self):
        for verb in "run", "check", "describe":
            self.refused(USAGE, verb, "none.toml", says="none.toml: No such file")
        self.refused(USAGE, "run", "data", says="data: Is a directory")


class Overrides(CommandTest):
    def refused_set(self, assignment, says, code=USAGE):
        self.refused(code, "run", "tiny.toml", "--out", "out", "--set", assignment, says=says)

    def test_field_that_does_not_exist(self):
        self.refused_set("student.train.epoch=3", ["--set student.train.epoch", "did you mean 'epochs'?"])
        self.refused_set("nowhere=3", ["--set nowhere", "there are: name, seed"])
        self.refused_set("objective.7.weight=1", ["--set objective.7.weight", "there is no"])

    def test_wrong_type(self):
        self.refused_set("seed=abc", ["--set seed", "wanted an integer", 'got "abc"'])
        self.refused_set("student.train=3", ["--set student.train", "wanted a table", "got 3"])

    def test_no_assignment(self):
        for assignment in "seed", "=3", ".=3":
            self.refused_set(assignment, [f"--set {assignment}", "wanted FIELD=VALUE"])

    def test_more_images_than_there_are(self):
        self.refused_set("data.validation=300", ["--set data.validation", "the 300 there are", "got 300"])
        self.refused_set(
            "student.images.per_class=26",
            ["--set student.images.per_class", "wanted 26 images of each class", "has 25"],
        )

    def test_place_of_data_that_are_not_there(self):
        self.refused_set("data.path=none", ["none", "no such folder", tiny.FILES["train"][0]], DATA)
        self.refused_set("data.path=.", ["not in this folder", tiny.FILES["train"][0]], DATA)
        self.refused_set("data.path=tiny.toml", ["tiny.toml", "no such folder"], DATA)

    def test_a_good_one_counts(self):
        told = self.works("check", "tiny.toml", "--json", "--set", "student.model.widths=[]")
        self.assertIn(f'"parameters": {64 * 10 + 10}', told)
