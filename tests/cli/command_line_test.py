"""The command line: verbs, options, help, and what goes to stdout and stderr."""

import json
from pathlib import Path

import tiny
from command import DATA, MODEL, RESOURCES, USAGE, CommandTest

VERBS = ["run", "compress", "budget", "check", "evaluate", "predict", "targets", "adjust", "describe", "import",
         "export", "record", "bench", "report", "runs", "list", "doctor"]


class CommandLine(CommandTest):
    def test_no_verb_names_all_verbs(self):
        self.refused(USAGE, says=["wanted a verb", *VERBS])

    def test_misspelt_verb(self):
        self.refused(USAGE, "rum", says=["no verb 'rum'", "did you mean 'run'?"])
        self.refused(USAGE, "distil everything", says=["there are: run, compress"])

    def test_unknown_option(self):
        self.refused(USAGE, "--wrong", says="--wrong")
        self.refused(USAGE, "run", "tiny.toml", "--wrong", says=["--wrong", "see retort run --help"])
        self.refused(USAGE, "run", "tiny.toml", "one-more", says="one-more")

    def test_missing_and_wrong_arguments(self):
        self.refused(USAGE, "run", says="FILE is required")
        self.refused(USAGE, "evaluate", "m.safetensors", says="--data is required")
        self.refused(USAGE, "run", "tiny.toml", "--threads", "many", says=["--threads", "many", "0 to 1024"])
        self.refused(USAGE, "run", "tiny.toml", "--set", says="--set")
        self.refused(USAGE, "list", "termes", says=["termes", "terms"])

    def test_help_of_every_verb_has_an_example(self):
        self.assertIn("retort run experiments/", self.works("--help"))
        for verb in VERBS:
            told = self.retort(verb, "--help")
            self.assertEqual((told.returncode, told.stderr), (0, ""), verb)
            self.assertRegex(told.stdout, rf"Example:\n  retort {verb}", verb)
        for verb in "compare", "remove":
            told = self.works("runs", verb, "--help")
            self.assertRegex(told, rf"Example:\n  retort runs {verb} [^\n]*\n$")
            self.assertIn("RUN...", told)
            self.refused(USAGE, "runs", verb, says=f"; see retort runs {verb} --help")
        self.assertRegex(self.works("--version"), r"^\d+\.\d+\.\d+\n$")

    def test_help_names_every_verb(self):
        told = self.works("--help")
        for verb in VERBS:
            self.assertRegex(told, rf"\n  {verb} ")

    def test_full_standard_output(self):
        if not Path("/dev/full").exists():
            self.skipTest("no /dev/full")
        with open("/dev/full", "w") as full:
            done = self.retort("list", "terms", stdout=full)
        self.assertEqual(done.returncode, RESOURCES)
        self.assertEqual(done.stderr, "retort: cannot write to stdout\n")


class DamagedRuns(CommandTest):
    """A run and a sweep whose records do not parse: listed as what they are, and removed."""

    def setUp(self):
        super().setUp()
        for name, record in ("a-run", "record.json"), ("a-sweep", "sweep.json"):
            (self.folder / "runs" / name).mkdir(parents=True)
            self.write(f"runs/{name}/experiment.toml", tiny.EXPERIMENT)
            self.write(f"runs/{name}/{record}", '{"schema": 1, ')

    def test_list(self):
        told = self.works("runs").splitlines()
        for line, name in zip(told[1:], ("a-run", "a-sweep"), strict=True):
            self.assertRegex(line, rf"^{name} +damaged +- +- +- +- +\d")
        for entry in json.loads(self.works("runs", "--json"))["runs"]:
            self.assertEqual((entry["status"], entry["seed"]), ("damaged", None))

    def test_remove(self):
        told = self.works("runs", "remove", "--yes", "runs/a-run", "runs/a-sweep")
        self.assertEqual(told, "removed runs/a-run\nremoved runs/a-sweep\n")
        self.assertEqual(list((self.folder / "runs").iterdir()), [])


class Predict(CommandTest):
    def setUp(self):
        super().setUp()
        self.write("m.safetensors", tiny.model())

    def test_number_out_of_range(self):
        self.refused(DATA, "predict", "m.safetensors", "data:100", says=["data:100", "100 images, 0 to 99"])
        image_file = "data/" + tiny.FILES["test"][0]
        self.refused(DATA, "predict", "m.safetensors", image_file + ":100", says="0 to 99")

    def test_what_is_no_image(self):
        for image in "data", "data:", "data:3x", "data:-1", ":3", "data:1e1", f"data:{2**70}":
            self.refused(USAGE, "predict", "m.safetensors", image, says=[image, "FOLDER:NUMBER"])
        self.refused(DATA, "predict", "m.safetensors", "none:1", says="none")
        self.refused(DATA, "predict", "m.safetensors", "tiny.toml:1", says=["tiny.toml", "IDX"])

    def test_photograph(self):
        self.write("a.png", tiny.png(30, 20))
        told = json.loads(self.works("predict", "m.safetensors", "a.png", "--json"))
        self.assertEqual(told["predictions"][0]["image"], "a.png")
        self.assertAlmostEqual(sum(told["predictions"][0]["probabilities"].values()), 1, places=6)
        self.write("b.jpg", "a text")
        self.refused(DATA, "predict", "m.safetensors", "b.jpg", says=["b.jpg", "neither a JPEG nor a PNG"])
        self.refused(DATA, "predict", "m.safetensors", "none.jpg", says="none.jpg")

    def test_temperature(self):
        for temperature in "0", "-1", "nan", "inf", "hot":
            self.refused(
                USAGE, "predict", "m.safetensors", "data:1", "--temperature", temperature,
                says=["temperature", temperature],
            )

    def test_image_of_another_size(self):
        self.write("m28.safetensors", tiny.model(side=28))
        self.refused(USAGE, "predict", "m28.safetensors", "data:1", says=["data:1", "1x8x8", "1x28x28"])

    def test_a_higher_temperature_is_less_sure(self):
        def surest(temperature):
            told = self.works("predict", "m.safetensors", "data:1", "--json", "--temperature", temperature)
            return max(json.loads(told)["predictions"][0]["probabilities"].values())

        self.assertGreater(surest("0.5"), surest("1"))
        self.assertAlmostEqual(surest("1e9"), 0.1, places=6)


class Output(CommandTest):
    """--json prints one document on stdout, and nothing else anywhere."""

    def document(self, *arguments):
        done = self.retort(*arguments, "--json")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return json.loads(done.stdout)

    def setUp(self):
        super().setUp()
        self.write("m.safetensors", tiny.model())

    def test_check(self):
        document = self.document("check", "tiny.toml")
        self.assertEqual([one["name"] for one in document["models"]], ["big", "twin", "student"])
        self.assertEqual(document["models"][0]["parameters"], 64 * 32 + 32 + 32 * 10 + 10)
        self.assertEqual(document["test_images"], 100)

    def test_evaluate(self):
        document = self.document("evaluate", "m.safetensors", "--data", "data")
        self.assertEqual(document["count"], 100)
        self.assertEqual([sum(row) for row in document["confusion"]], [10] * 10)

    def test_predict(self):
        document = self.document("predict", "m.safetensors", "data:3", "data:4")
        for one in document["predictions"]:
            self.assertAlmostEqual(sum(one["probabilities"].values()), 1)
            self.assertEqual(one["answer"], max(one["probabilities"], key=one["probabilities"].get))

    def test_describe_of_a_network_of_the_zoo(self):
        told = self.works("describe", "resnet20", "--classes", "100", "--input", "3,32,32")
        self.assertRegex(told, r"layer3 +relu +64x8x8 +0 +0\n")
        self.assertRegex(told, r"all +278,324 +")
        self.refused(USAGE, "describe", "resnet21", says="did you mean 'resnet20'?")
        self.refused(USAGE, "describe", "resnet20", says="--classes 100 --input 3,32,32")
        self.refused(USAGE, "describe", "resnet20", "--classes", "9", "--input", "784", says="an image")

    def test_describe_of_every_kind_of_file(self):
        nodes = [("flatten", "flatten", 0, 0), ("logits", "linear", 650, 640)]
        self.works("export", "m.safetensors", "--out", "m.onnx")
        for file in "m.safetensors", "m.onnx":
            model = self.document("describe", file)["models"][0]
            found = [(one["name"], one["op"], one["parameters"], one["macs"]) for one in model["nodes"]]
            self.assertEqual(found, nodes, file)
            self.assertEqual((model["input"], model["classes"]), ([1, 8, 8], tiny.CLASSES))
            self.assertIn("logits", self.works("describe", file))
        names = [one["name"] for one in self.document("describe", "tiny.toml")["models"]]
        self.assertEqual(names, ["big", "twin", "student"])

    def test_export(self):
        document = self.document("export", "m.safetensors", "--data", "data")
        self.assertEqual(document["onnx"], "m.onnx")
        self.assertLess(document["largest_difference"], 1e-4)
        same = [
            self.document("evaluate", file, "--data", "data")["confusion"]
            for file in ("m.safetensors", "m.onnx")
        ]
        self.assertEqual(same[0], same[1])

    def test_list_and_doctor(self):
        self.assertIn("distillation", [one["name"] for one in self.document("list")["terms"]])
        self.assertIn("fields", self.document("list", "fields"))
        self.assertEqual(list(self.document("list", "formats")), ["formats"])
        self.assertIn("libtorch", self.document("doctor"))
