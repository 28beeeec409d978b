"""Recorded equals live, bit for bit, for convolutional networks in fp32 and bf16 and in odd batches."""

from command import CommandTest
from recorded_runs_slow import RECORDED, VIEWS

NETWORKS = ['teacher.big.model={kind="resnet8"}', 'student.model={kind="resnet8"}', "student.train.epochs=2",
            "teacher.big.train.epochs=1", "twin.enabled=false"]  # fmt: skip


class RecordedConvolutions(CommandTest):
    def student(self, out, *more):
        self.works("run", "tiny.toml", "--out", f"{out}/run", "--threads", "1", *more)
        return self.model_bytes(run=f"{out}/run")

    def test_the_student_is_the_live_one(self):
        for more in ["student.train.batch=50"], ["student.train.precision=bf16", "student.train.micro_batch=20"]:
            words = [word for value in NETWORKS + more for word in ("--set", value)] + VIEWS
            live = self.student("live", *words)
            self.assertEqual(self.student("recorded", *words, *RECORDED), live)
            self.remove("recorded/run/student")
            self.assertEqual(self.student("recorded", *words, *RECORDED), live)
            self.remove("live")
            self.remove("recorded")
