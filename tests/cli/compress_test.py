"""retort compress: what it refuses before anything is trained."""

import tiny
from command import DATA, USAGE, CommandTest

SIZES = ["--set", "sweep.student.model.widths=[[16],[8]]"]


class CompressRefuses(CommandTest):
    def refused_compress(self, *more, says, code=USAGE, sizes=SIZES):
        self.refused(code, "compress", "tiny.toml", *sizes, *more, says=says)

    def test_an_experiment_without_sizes(self):
        self.refused_compress(sizes=[], says=["tiny.toml: has no sizes", "[sweep]", "sweep.student.model.widths"])
        self.refused_compress(sizes=["--set", "sweep.seed=[1,2]"], says=["names no sizes", "student.model.widths"])

    def test_more_than_students_varied(self):
        field = "teacher.big.train.epochs"
        self.refused_compress("--set", f"sweep.{field}=[1,2]", says=[field, "students of one teacher"])

    def test_limits_that_are_none(self):
        for option, value, says in (
            ("--max-latency-ms", "-1", "milliseconds > 0, got -1"),
            ("--max-latency-ms", "nan", "got nan"),
            ("--max-parameters", "0", "a number > 0, got 0"),
            ("--max-parameters", "few", "--max-parameters"),
            ("--max-accuracy-drop", "-0.5", "from 0 to 100, got -0.5"),
            ("--max-accuracy-drop", "101", "got 101"),
        ):
            self.refused_compress(option, value, says=says)

    def test_validation_images_that_cannot_tell(self):
        self.refused_compress("--set", "data.validation=0", says=["validation", "data.validation=1000"])
        seen = ["--set", "teacher.big.images.include_validation=true"]
        self.refused_compress(
            *seen, "--max-accuracy-drop", "1",
            says=["--max-accuracy-drop", "teacher big", "include_validation = false"],
        )

    def test_no_teacher_to_compare_with(self):
        self.write("tiny.toml", tiny.EXPERIMENT.split("[[objective]]\nterm = \"distillation\"")[0])
        self.refused_compress(says="big")

    def test_only_itself_to_compare_with(self):
        before, after = tiny.EXPERIMENT.split("[teacher.big]\n")
        self.write("tiny.toml", before + after[after.index("[student]"):])
        self.refused_compress("--set", "teacher.itself.follows_student=true",
                              "--set", "objective.distillation.teacher=itself",
                              says=["no term with a teacher that is a model of its own"])

    def test_missing_files(self):
        self.refused(USAGE, "compress", "none.toml", says="none.toml")
        self.refused_compress("--set", "data.path=nowhere", code=DATA, says="nowhere")
