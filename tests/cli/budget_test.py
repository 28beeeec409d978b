"""retort budget: what it refuses, and a tiny one whole."""

import json

from command import USAGE, CommandTest


class Budget(CommandTest):
    def test_refused(self):
        for labels, says in {
            "10,few": ["--labels", "got 'few'"],
            "0": ["--labels", "got '0'"],
            "9": ["labelled=9", "wanted from 10 (one for each class) to"],
            "100000": ["--labels: wanted at most 250", "got 100000"],
            "10,10": ["--labels: 10 stands there twice"],
        }.items():
            self.refused(USAGE, "budget", "tiny.toml", "--labels", labels, "--seeds", "1",
                         says=says)
        self.refused(USAGE, "budget", "tiny.toml", "--labels", "10", "--set", "twin.enabled=false",
                     says=["twin.enabled", "wanted true"])
        self.refused(USAGE, "budget", "tiny.toml", "--labels", "10", "--set", "sweep.seed=[1,2]",
                     says=["tiny.toml", "has a [sweep] or several students of its own", "retort run"])
        self.assertFalse((self.folder / "runs").exists())

    def test_images_that_are_chosen(self):
        self.works("budget", "tiny.toml", "--labels", "20", "--seeds", "1", "--quiet", "--set",
                   'student.images.choose={teacher="big",per_class=9}')

    def test_a_student_of_few_labels(self):
        done = self.retort("budget", "tiny.toml", "--labels", "10,all", "--seeds", "2", "--json",
                           "--quiet")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        sweep = json.loads(done.stdout)
        fields = {field["label"]: field["values"] for field in sweep["fields"]}
        numbers = [int(text) for text in fields["labelled"]]
        self.assertEqual(numbers[0], 10)
        self.assertEqual(fields["seed"], ["1", "2"])
        out = self.folder / "runs" / "tiny-budget"
        for labels in numbers:
            cell = out / f"labelled={labels},seed=1"
            record = json.loads((cell / "result.json").read_text())
            text = (cell / "log.txt").read_text()
            self.assertIn("done", record["status"])
            self.assertIn(f"big: training on {labels} images", text)
            self.assertIn(f"student: training on {numbers[1]} images", text)
        self.refused(USAGE, "run", "tiny.toml", "--set", "name=other", "--set", "sweep.seed=[1,2]",
                     "--out", str(out), says=['the sweep there is "tiny"', 'wanted one of "other"'])
        page = (out / "report.html").read_text()
        self.assertIn("With 10 labels the student makes", page)
