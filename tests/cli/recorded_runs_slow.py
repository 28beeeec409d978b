"""Recordings of teachers: the same student as live, mended where they are damaged, told apart."""

import json
import shutil
import signal
import struct
import subprocess
import time

import tiny
from command import COMMAND, DATA, MODEL, USAGE, VERIFICATION, CommandTest

VIEWS = ["--set", 'student.train.transforms=[{kind="shift",pixels=1},{kind="flip"}]']
RECORDED = ["--set", "teacher.big.recorded=true"]


def npy(shape, kind, values):
    """An array as NumPy saves it."""
    header = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {tuple(shape)}, }}".encode()
    header += b" " * (-(len(header) + 11) % 64) + b"\n"
    body = struct.pack(f"<{len(values)}{'f' if kind == '<f4' else 'q'}", *values)
    return b"\x93NUMPY\x01\0" + struct.pack("<H", len(header)) + header + body


class RecordingTest(CommandTest):
    def run_tiny(self, out, *more):
        self.works("run", "tiny.toml", "--out", f"{out}/run", *more)
        return self.model_bytes(run=f"{out}/run")

    def recordings(self, out):
        return sorted((self.folder / out / "recordings").iterdir())

    def document(self, folder):
        return json.loads((self.folder / folder / "recording.json").read_text())

    def rows(self, folder):
        return sum(shard["rows"] for shard in self.document(folder)["shards"])

    def shards(self, folder):
        return sorted((self.folder / folder).glob("*.safetensors"))

    def make(self, *more, out="R"):
        """A recording of a model of ours on the training images."""
        self.write("m.safetensors", tiny.good_model())
        self.works("record", "m.safetensors", "--data", "data", "--out", out, "--quiet", *more)


class RecordedRun(RecordingTest):
    def test_the_student_is_the_live_one(self):
        for views in [], VIEWS:
            live = self.run_tiny("live", *views)
            cold = self.run_tiny("recorded", *views, *RECORDED)
            (recording,) = self.recordings("recorded")
            rows = self.rows(recording)
            self.assertGreaterEqual(rows, 250)
            self.remove("recorded/run/student")
            warm = self.run_tiny("recorded", *views, *RECORDED)
            self.assertEqual(self.rows(recording), rows)  # the teacher was asked nothing
            self.assertEqual([live, live], [cold, warm])
            self.remove("live")
            self.remove("recorded")

    def test_the_largest_logits_and_what_is_lost(self):
        live = self.run_tiny("live", *VIEWS)
        top = [*VIEWS, *RECORDED, "--set", "teacher.big.recording_top=3"]
        cold = self.run_tiny("top", *top)
        (recording,) = self.recordings("top")
        self.assertEqual(self.document(recording)["tensors"], [{"name": "logits_top3_at_4", "shape": [7]}])
        log = (self.folder / "top/run/log.txt").read_text()
        self.assertRegex(log, r"big: of 10 logits the 3 largest are recorded.* loses 0\.\d+ nats at T = 4")
        self.remove("top/run/student")
        self.assertEqual(self.run_tiny("top", *top), cold)
        self.assertNotEqual(cold, live)
        errors = [self.result(f"{out}/run")["models"]["student"]["test"]["errors"] for out in ("live", "top")]
        self.assertLessEqual(abs(errors[0] - errors[1]), 10)
        self.works("record", "tiny.toml", "--out", "top/run", *top, "--audit", "100")
        says = ["teacher.big", "recording_top = 10", "there are 10 classes", "wanted fewer"]
        self.refused(USAGE, "check", "tiny.toml", *top, "--set", "teacher.big.recording_top=10", says=says)
        self.write("tiny.toml", tiny.EXPERIMENT + '\n[[objective]]\nterm = "logit_matching"\nteacher = "big"\n')
        self.refused(USAGE, "check", "tiny.toml", *top, says=["recording_top = 3", "one temperature"])

    def test_the_largest_logits_are_a_teacher_alone(self):
        top = [*RECORDED, "--set", "teacher.big.recording=R", "--set", "teacher.big.recording_top=3"]
        taught = self.run_tiny("top", *top)
        first, last = tiny.EXPERIMENT.index("model = "), tiny.EXPERIMENT.index("[student]")
        self.write("tiny.toml", f'{tiny.EXPERIMENT[:first]}recorded = true\nrecording = "R"\n\n{tiny.EXPERIMENT[last:]}')
        self.assertEqual(self.run_tiny("alone"), taught)
        hot = "--set", "objective.distillation.temperature=2"
        self.refused(USAGE, "run", "tiny.toml", "--out", "hot/run", *hot, says=["recording", "logits_top3_at_4"])

    def test_planned_views_of_a_continuous_transform(self):
        views = ["--set", 'student.train.transforms=[{kind="resized_crop"}]', "--set", "student.train.views=2"]
        live = self.run_tiny("live", *views)
        self.assertEqual(self.run_tiny("recorded", *views, *RECORDED), live)
        (recording,) = self.recordings("recorded")
        self.assertEqual(self.document(recording)["views"], 2)

    def test_a_merge(self):
        teacher = 'train = { epochs = 3, batch = 25, learning_rate = 0.01, optimiser = "adam" }\n'
        first = tiny.EXPERIMENT.index("[teacher.big]")
        last = tiny.EXPERIMENT.index("[student]")
        low, high = ([str(i) for i in range(first, first + 5)] for first in (0, 5))
        self.write("tiny.toml", tiny.EXPERIMENT[:first] + f"""
[teacher.low]
classes = {json.dumps(low)}
model = {{ kind = "mlp", widths = [32] }}
{teacher}
[teacher.high]
classes = {json.dumps(high)}
model = {{ kind = "mlp", widths = [32] }}
{teacher}
[teacher.big]
merge = ["low", "high"]
""" + tiny.EXPERIMENT[last:])
        for rule in "concatenate", "blocks", "pools":
            choice = ["--set", f"teacher.big.rule={rule}", *VIEWS]
            live = self.run_tiny(f"live-{rule}", *choice)
            self.assertEqual(self.run_tiny(f"recorded-{rule}", *choice, *RECORDED), live)
            (recording,) = self.recordings(f"recorded-{rule}")
            rows = self.rows(recording)
            self.remove(f"recorded-{rule}/run/student")
            self.assertEqual(self.run_tiny(f"recorded-{rule}", *choice, *RECORDED), live)
            self.assertEqual(self.rows(recording), rows)
        with open(self.folder / "tiny.toml", "a") as file:
            file.write('\n[other.more]\nformat = "idx"\npath = "data"\n')
        pools = ["--set", "teacher.big.rule=pools"]
        self.refused(USAGE, "check", "tiny.toml", *pools, "--set", 'student.images.from=["data","more"]',
                     says=["teacher.big.rule", "whose pool", "[data] alone"])
        self.works("run", "tiny.toml", "--out", "chosen/run", "--quiet", *pools, "--set", "data.labelled=50",
                   "--set", "student.images.choose={teacher=\"big\",per_class=9}")

    def test_recorded_ahead(self):
        live = self.run_tiny("live", *VIEWS)
        told = self.works("record", "tiny.toml", "--out", "ahead/run", *VIEWS)
        self.assertIn("4,500 of them just now", told)  # 250 images in 18 views
        (recording,) = self.recordings("ahead")
        self.assertEqual(len(self.shards(recording)), 1)
        self.assertEqual(self.run_tiny("ahead", *VIEWS, *RECORDED), live)
        self.assertEqual(len(self.shards(recording)), 1)
        told = self.works("record", "tiny.toml", "--out", "ahead/run", "--audit", "100", *VIEWS)
        self.assertIn("100 rows computed again, largest difference 0\n", told)

    def test_auto_is_false_where_it_cannot_be(self):
        auto = ["--set", "teacher.big.recorded=auto"]
        erasing = ["--set", 'student.train.transforms=[{kind="erasing"}]']
        self.run_tiny("out", *auto, *erasing)
        self.assertFalse((self.folder / "out/recordings").exists())
        says = ["teacher.big.recorded", "more ways than can be recorded", "recorded = false"]
        self.refused(USAGE, "check", "tiny.toml", *RECORDED, *erasing, says=says)
        mixup = ["--set", "student.train.mix=mixup"]
        self.refused(USAGE, "check", "tiny.toml", *RECORDED, *mixup, says=["train.mix", "recorded"])

    def test_check_tells_size_time_and_when_it_pays(self):
        told = self.works("check", "tiny.toml", *RECORDED, *VIEWS)
        self.assertIn("big: recorded: the whole is 4,500 rows, 252 kB", told)
        self.assertIn("recorded ahead after 18 epochs", told)

    def test_words_of_the_field(self):
        says = ["teacher.big.recorded", 'there is no "yes"', "false, true, auto"]
        self.refused(USAGE, "check", "tiny.toml", "--set", "teacher.big.recorded=yes", says=says)
        says = ["teacher.big.recording", "recorded = false"]
        self.refused(USAGE, "check", "tiny.toml", "--set", "teacher.big.recording=R", says=says)

    def test_fp16_is_another_student_by_rounding(self):
        live = self.run_tiny("live")
        half = ["--set", "teacher.big.recording_precision=fp16"]
        cold = self.run_tiny("half", *RECORDED, *half)
        self.remove("half/run/student")
        self.assertEqual(self.run_tiny("half", *RECORDED, *half), cold)
        self.assertNotEqual(cold, live)
        errors = [self.result(f"{out}/run")["models"]["student"]["test"]["errors"] for out in ("live", "half")]
        self.assertLessEqual(abs(errors[0] - errors[1]), 3)


class Damaged(RecordingTest):
    def damages(self):
        """Ways to damage a shard, each with what is said of it."""
        def flip(path):
            content = bytearray(path.read_bytes())
            content[-5] ^= 1
            path.write_bytes(content)

        yield "is missing", lambda path: path.unlink()
        yield "cut off", lambda path: path.write_bytes(path.read_bytes()[:-10])
        yield "checksum", flip
        yield "empty", lambda path: path.write_bytes(b"")

    def test_only_the_damaged_part_is_recorded_again(self):
        live = self.run_tiny("live")
        for says, damage in self.damages():
            self.works("record", "tiny.toml", "--out", "out/run")
            self.works("record", "tiny.toml", "--out", "out/run", *RECORDED)
            (recording,) = self.recordings("out")
            (shard,) = self.shards(recording)
            damage(shard)
            done = self.retort("run", "tiny.toml", "--out", "out/run", *RECORDED)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn(says, done.stderr)
            self.assertIn("its 250 rows are recorded again", done.stderr)
            self.assertEqual(self.rows(recording), 250)
            self.assertEqual(self.model_bytes(run="out/run"), live)
            self.remove("out")

    def test_refused_where_there_is_no_teacher_to_ask(self):
        alone = tiny.EXPERIMENT
        first, last = alone.index("model = "), alone.index("[student]")
        self.write("alone.toml", f'{alone[:first]}recorded = true\nrecording = "R"\n\n{alone[last:]}')
        for says, damage in self.damages():
            self.make()
            damage(self.shards("R")[0])
            for verb in ("check", "alone.toml"), ("run", "alone.toml", "--out", "out"):
                self.refused(DATA, *verb, says=["shard", "shard-00000.safetensors", says])
            self.refused(DATA, "record", "m.safetensors", "--data", "data", "--out", "R",
                         "--audit", "5", says=["shard-00000.safetensors", says])  # fmt: skip
            self.remove("R")

    def test_a_damaged_list_of_shards(self):
        self.make()
        self.write("R/recording.json", "{")
        self.refused(DATA, "record", "m.safetensors", "--data", "data", "--out", "R", lines=None,
                     says=["recording.json", "damaged"])  # fmt: skip

    def test_audit_finds_a_wrong_number(self):
        self.make()
        (shard,) = self.shards("R")
        content = bytearray(shard.read_bytes())
        length = struct.unpack("<Q", content[:8])[0]
        begin = 8 + length + json.loads(content[8 : 8 + length])["logits"]["data_offsets"][0]
        content[begin : begin + 40] = struct.pack("<10f", *[7.5] * 10)
        shard.unlink()
        logits = struct.unpack("<3000f", content[begin : begin + 12000])
        self.remove("R")
        self.write("logits.npy", npy([300, 10], "<f4", logits))
        self.works("record", "--import", "logits.npy", "--data", "data", "--out", "R")
        document = self.document("R")
        self.make(out="sound")
        document["teacher"] = self.document("sound")["teacher"]  # it claims to be the model's
        self.write("R/recording.json", json.dumps(document))
        audit = "record", "m.safetensors", "--data", "data", "--audit", "300", "--out"
        self.assertIn("300 rows", self.works(*audit, "sound"))
        self.fails(VERIFICATION, *audit, "R", says=["'logits' of sample 0, view 0", "differs"])

    def test_a_kill_loses_nothing_that_was_written(self):
        self.make()
        shutil.copy(self.shards("R")[0], self.folder / "R/shard-00001.safetensors")  # not in the list yet
        self.write("R/recording.json.abcdef.unfinished", b"{")
        self.works("record", "m.safetensors", "--data", "data", "--out", "R", "--quiet")
        self.assertEqual(self.rows("R"), 300)
        self.assertEqual(len(list((self.folder / "R").iterdir())), 3)  # what was half written is gone


class Interrupted(RecordingTest):
    COMMAND_LINE = ["record", "m.safetensors", "--data", "data", "--out", "R"]

    def stopped_by(self, sent):
        """A recording that is sent a signal as soon as its list of shards is there; None where it was done before."""
        self.write("m.safetensors", tiny.good_model())
        shutil.rmtree(self.folder / "data")
        (self.folder / "data").mkdir()
        tiny.write_split(self.folder / "data", "train", 20_000, 1)
        tiny.write_split(self.folder / "data", "test", 100, 2)
        process = subprocess.Popen(
            [COMMAND, *self.COMMAND_LINE], cwd=self.folder, stderr=subprocess.PIPE, stdout=subprocess.PIPE
        )
        while not (self.folder / "R/recording.json").exists() and process.poll() is None:
            time.sleep(0.001)
        process.send_signal(sent)
        told = process.communicate()[1].decode()
        return None if process.returncode == 0 else (process.returncode, told)

    def check_goes_on(self, rows):
        done = json.loads(self.works(*self.COMMAND_LINE, "--json"))["recordings"][0]
        self.assertEqual((done["rows"], done["recorded"]), (20_000, 20_000 - rows))
        self.works(*self.COMMAND_LINE, "--audit", "1000")

    def test_goes_on_where_it_stopped(self):
        stopped = self.stopped_by(signal.SIGINT)
        if stopped is None:
            self.skipTest("it was done before it could be stopped")
        self.assertEqual(stopped[0], 75, stopped[1])
        rows = self.rows("R")
        self.assertLess(rows, 20_000)
        self.check_goes_on(rows)

    def test_killed(self):
        stopped = self.stopped_by(signal.SIGKILL)
        if stopped is None:
            self.skipTest("it was done before it could be killed")
        self.assertEqual(stopped[0], -signal.SIGKILL)
        self.check_goes_on(self.rows("R"))


class Mismatch(RecordingTest):
    def refused_with(self, *words, says):
        self.refused(USAGE, "record", *words, "--data", "data", "--out", "R", "--quiet", says=["R", *says])

    def test_each_part_is_named(self):
        self.make()
        self.write("other.safetensors", tiny.model())
        self.refused_with("other.safetensors", says=["the teacher differs"])
        self.refused_with("m.safetensors", "--split", "test", says=["the data differ", "300 samples"])
        self.refused_with("m.safetensors", "--precision", "fp16", says=["the precision differs", "fp32"])

    def test_in_an_experiment(self):
        self.make()
        text = tiny.EXPERIMENT
        first, last = text.index("model = "), text.index("[student]")
        for file in "m.safetensors", "other.safetensors":
            self.write("other.safetensors", tiny.model())
            source = f'file = "{file}"\naccept_at_chance = true\nrecorded = true\nrecording = "R"\n\n'
            self.write("x.toml", f"{text[:first]}{source}{text[last:]}")
            says = ["x.toml", "teacher.big.recorded", "recording", "the transforms differ", "shift pixels 1"]
            self.refused(USAGE, "check", "x.toml", *VIEWS, says=says)
        says = ["the teacher differs"]
        self.fails(USAGE, "run", "x.toml", "--out", "out", "--quiet", says=says)


class Imported(RecordingTest):
    def experiment(self):
        text = tiny.EXPERIMENT
        first, last = text.index("model = "), text.index("[student]")
        self.write("x.toml", f'{text[:first]}recorded = true\nrecording = "R"\n\n{text[last:]}')

    def test_a_teacher_that_is_a_service(self):
        """The logits of a recording, told in another order, teach what the recording teaches."""
        self.make(out="R")
        (shard,) = self.shards("R")
        content = shard.read_bytes()
        length = struct.unpack("<Q", content[:8])[0]
        begin = 8 + length + json.loads(content[8 : 8 + length])["logits"]["data_offsets"][0]
        logits = struct.unpack("<3000f", content[begin : begin + 12000])
        self.experiment()
        self.works("run", "x.toml", "--out", "out")
        recorded = self.model_bytes()
        self.remove("R")
        turned = [value for row in reversed(range(300)) for value in logits[10 * row : 10 * row + 10]]
        self.write("logits.npy", npy([300, 10], "<f4", turned))
        self.write("numbers.npy", npy([300], "<i8", list(reversed(range(300)))))
        self.works("record", "--import", "logits.npy", "--numbers", "numbers.npy", "--data", "data", "--out", "R")
        self.works("run", "x.toml", "--out", "out2")
        weights = lambda model: model[8 + struct.unpack("<Q", model[:8])[0] :]
        self.assertEqual(weights(self.model_bytes(run="out2")), weights(recorded))
        self.assertNotIn("big", self.result("out2")["models"])
        self.refused(USAGE, "check", "x.toml", "--set", 'teacher.big.classes=["a"]',
                     says=["teacher.big.classes", "is said of a file"])
        # The rows of other samples.
        self.remove("R")
        told = self.works("record", "--import", "logits.npy", "--data", "data", "--out", "R")
        self.assertNotIn("probabilities", told)
        self.refused(USAGE, "check", "x.toml", says=["teacher.big.recording: ", "R is right on", "of 250 images"])
        self.works("check", "x.toml", "--set", "teacher.big.accept_at_chance=true")

    def test_a_recording_without_logits(self):
        self.make("--tensor", "input")
        self.experiment()
        self.fails(MODEL, "run", "x.toml", "--out", "out", "--quiet", says=["recording R: has no 'logits'"])

    def test_a_sweep_with_a_cell_that_cannot_be_recorded(self):
        self.refused(USAGE, "record", "tiny.toml", "--out", "out",
                     "--set", 'student.train.transforms=[{kind="resized_crop"}]',
                     "--set", "sweep.student.train.views=[2,0]", says=["teacher.big", "in more ways than can be recorded"])
        self.assertFalse((self.folder / "out").exists())

    def test_probabilities_are_no_logits(self):
        self.write("logits.npy", npy([2, 10], "<f4", [0.1] * 20))
        told = self.works("record", "--import", "logits.npy", "--data", "data", "--out", "R")
        self.assertIn("warning: logits.npy: every row is of numbers from 0 to 1 that sum to 1", told)

    def refused_import(self, code, *more, says):
        self.refused(code, "record", "--import", "logits.npy", "--data", "data", "--out", "R", *more, says=says)

    def test_what_does_not_fit(self):
        self.write("logits.npy", b"no array")
        self.refused_import(DATA, says=["logits.npy", "NumPy"])
        self.write("logits.npy", npy([300, 9], "<f4", [0] * 2700))
        self.refused_import(DATA, says=["[N, 10]", "300, 9"])
        self.write("logits.npy", npy([2, 10], "<f4", [float("nan")] * 20))
        self.refused_import(DATA, says="finite")
        self.write("logits.npy", npy([2, 10], "<f4", [1] * 20)[:-4])
        self.refused_import(DATA, says=["80 bytes", "76"])
        self.write("logits.npy", npy([2, 10], "<f4", [1] * 20))
        for numbers, says in ([1, 300], "samples 0 to 299"), ([5, 5], "sample 5 stands there twice"):
            self.write("numbers.npy", npy([2], "<i8", numbers))
            self.refused_import(DATA, "--numbers", "numbers.npy", says=says)
        self.refused_import(USAGE, "--audit", "5", says="--audit")

    def test_samples_that_are_missing(self):
        self.write("logits.npy", npy([2, 10], "<f4", [1] * 20))
        self.works("record", "--import", "logits.npy", "--data", "data", "--out", "R")
        self.experiment()
        for verb in ("check", "x.toml"), ("run", "x.toml", "--out", "out"):
            self.refused(DATA, *verb, says=["recording", "of the 250 samples", "not in it"])


class Words(RecordingTest):
    def test_what_an_experiment_says_itself(self):
        for option in ["--precision", "fp16"], ["--tensor", "logits"], ["--split", "test"]:
            self.refused(USAGE, "record", "tiny.toml", *option, says=[option[0], "an experiment says itself"])

    def test_what_is_missing_or_too_much(self):
        self.write("m.safetensors", tiny.model())
        refused = lambda *words, says: self.refused(USAGE, "record", *words, says=says)
        refused(says="wanted one of")
        refused("m.safetensors", says="--data")
        refused("m.safetensors", "--import", "l.npy", says="wanted one of")
        refused("m.safetensors", "--data", "data", "--out", "R", "--numbers", "n.npy", says="--numbers")
        refused("tiny.toml", "--data", "data", says="--data")
        self.refused(USAGE, "record", "m.safetensors", "--data", "data", "--out", "data", says="holds no recording")
        self.refused(MODEL, "record", "m.safetensors", "--data", "data", "--out", "R", "--tensor", "none",
                     says="'none'")  # fmt: skip
        self.refused(DATA, "record", "m.safetensors", "--data", "nowhere", "--out", "R", says="nowhere")
