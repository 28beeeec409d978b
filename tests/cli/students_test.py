"""Several students of one teacher in one file: what is refused, and what check tells."""

import tiny
from command import USAGE, CommandTest

WITHOUT_STUDENT = tiny.EXPERIMENT.replace('[student]\nmodel = { kind = "mlp", widths = [8] }\n', "")
STUDENTS = WITHOUT_STUDENT + """
[student.small]
model = { kind = "mlp", widths = [6] }

[student.wide]
model = { kind = "mlp", widths = [12] }
train = { epochs = 2 }
"""


class StudentsTest(CommandTest):
    def setUp(self):
        super().setUp()
        self.write("students.toml", STUDENTS)


class Students(StudentsTest):
    def test_with_a_sweep(self):
        done = self.works("check", "students.toml", "--set", "sweep.seed=[1,2]")
        for cell in "student=small,seed=1", "student=wide,seed=2":
            self.assertIn(cell, done)
        self.assertIn("4 cells", done)

    def test_another_kind_than_the_common_one(self):
        common = '[student]\nmodel = { kind = "mlp", widths = [9] }\n'
        self.write("kinds.toml", WITHOUT_STUDENT + common + STUDENTS[len(WITHOUT_STUDENT):].replace(
            'model = { kind = "mlp", widths = [12] }', 'model = { kind = "resnet8" }'))
        self.assertIn("student=wide", self.works("check", "kinds.toml"))

    def test_refused(self):
        one = WITHOUT_STUDENT + '[student.small]\nmodel = { kind = "mlp", widths = [6] }\n'
        self.write("one.toml", one)
        self.refused(USAGE, "run", "one.toml", says=["one.toml:", "student.small", "single student"])
        self.write("word.toml", STUDENTS.replace("student.small", 'student."no name"'))
        self.refused(USAGE, "run", "word.toml", says=["student.no name", "wanted a name"])
        self.refused(USAGE, "run", "students.toml", "--set", "student.wide.train.epoch=3",
                     says=["student.train.epoch", "unknown key", "epochs"])
        self.refused(USAGE, "run", "students.toml", "--set", 'sweep.student=["small"]', says=["sweep.student", "[student.NAME]"])
        self.refused(USAGE, "budget", "students.toml", "--labels", "10", says=["students.toml", "several students"])
        self.write("part.toml", STUDENTS.replace('[student.wide]\nmodel =', '[student.wide]\nmodle ='))
        self.refused(USAGE, "run", "part.toml", says=["student.modle: unknown key", "did you mean 'model'"], lines=2)
        self.write("dots.toml", STUDENTS.replace("student.wide", 'student."w.x"'))
        self.refused(USAGE, "run", "dots.toml", says=["student.w.x", "wanted a name"])
        self.refused(USAGE, "run", "students.toml", "--set", 'sweep.cells=[{student="small"}]', says=["sweep.cells", "[student.NAME]"])
        self.write("typo.toml", tiny.EXPERIMENT.replace("[student.train]", "[student.trian]"))
        self.refused(USAGE, "run", "typo.toml", says=["student.trian", "unknown key", "train"])
        self.assertFalse((self.folder / "runs").exists())
