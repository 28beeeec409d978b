"""Several students of one teacher in one file: what is shared, and what each is."""

import json
import struct

from students_test import StudentsTest


class Students(StudentsTest):
    def logs(self, out):
        return {path.parent.name: path.read_text() for path in (self.folder / out).glob("*/log.txt")}

    def test_one_teacher_recorded_once_and_each_student_as_in_its_own_run(self):
        done = self.retort("run", "students.toml", "--json", "--quiet", "--out", "runs/s")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        sweep = json.loads(done.stdout)
        self.assertEqual([cell["values"] for cell in sweep["cells"]], [{"student": "small"}, {"student": "wide"}])
        logs = self.logs("runs/s")
        trained = [name for name, text in logs.items() if "big: training on" in text]
        self.assertEqual(trained, ["student=small"])
        (recording,) = (self.folder / "runs" / "recordings").iterdir()
        rows = sum(shard["rows"] for shard in json.loads((recording / "recording.json").read_text())["shards"])
        self.assertIn(f"has {rows} of 300 rows", logs["student=wide"])  # nothing was left to ask
        for name, widths, epochs in ("small", "[6]", 3), ("wide", "[12]", 2):
            self.works("run", "tiny.toml", "--out", f"alone/{name}", "--set", f"student.model.widths={widths}",
                       "--set", f"student.train.epochs={epochs}")
            self.assertEqual(self.model_bytes(run=f"alone/{name}"), self.model_bytes(run=f"runs/s/student={name}"))
        page = (self.folder / "runs/s/report.html").read_text()
        self.assertIn("2 students learnt from big", page)
        self.assertIn("small makes", page)

    def test_the_exported_student_holds_nothing_of_the_teacher(self):
        self.works("run", "students.toml", "--out", "runs/s")
        for name, parameters in ("small", 64 * 6 + 6 + 6 * 10 + 10), ("wide", 64 * 12 + 12 + 12 * 10 + 10):
            run = self.folder / f"runs/s/student={name}"
            teacher = (run / "teacher-big/model.safetensors").read_bytes()
            header = json.loads(teacher[8:8 + struct.unpack("<Q", teacher[:8])[0]])
            data = teacher[8 + struct.unpack("<Q", teacher[:8])[0]:]
            for file in "student.onnx", "student/model.safetensors":
                student = (run / file).read_bytes()
                self.assertLess(len(student), 4 * parameters + 4000, file)
                for tensor, entry in header.items():
                    if tensor == "__metadata__":
                        continue
                    first, end = entry["data_offsets"]
                    self.assertNotIn(data[first:min(end, first + 64)], student, tensor)

    def test_recorded_beforehand(self):
        told = json.loads(self.works("record", "students.toml", "--json", "--quiet", "--out", "runs/s"))
        (recording,) = told["recordings"]
        self.assertEqual(recording["rows"], recording["rows_of_all"] - 50)  # all but the validation images
        self.works("run", "students.toml", "--out", "runs/s")
        for text in self.logs("runs/s").values():
            self.assertIn(f"has {recording['rows']} of", text)
