"""retort bench: what models cost where they answer."""

import json

import tiny
from command import MODEL, USAGE, CommandTest

QUICK = ["--seconds", "0.01"]


class Bench(CommandTest):
    def setUp(self):
        super().setUp()
        self.write("m.safetensors", tiny.model())

    def document(self, *arguments):
        done = self.retort("bench", *arguments, *QUICK, "--json")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return json.loads(done.stdout)

    def check_model(self, model, threads, batches):
        self.assertEqual(model["parameters"], 64 * 10 + 10)
        self.assertEqual(model["macs"], 64 * 10)
        self.assertEqual(model["file_bytes"], (self.folder / model["model"]).stat().st_size)
        self.assertEqual(model["input"], [1, tiny.SIDE, tiny.SIDE])
        self.assertGreater(model["process_seconds"], model["open_seconds"])
        self.assertGreater(model["open_seconds"], 0)
        self.assertGreaterEqual(model["memory_peak"], model["memory_before"])
        self.assertGreater(model["memory_before"], 10_000_000)
        settings = [(one["threads"], one["batch"]) for one in model["timings"]]
        self.assertEqual(settings, [(t, b) for t in threads for b in batches])
        for one in model["timings"]:
            self.assertLessEqual(one["p50_ms"], one["p90_ms"])
            self.assertLessEqual(one["p90_ms"], one["p99_ms"])
            if one["batch"] == 1:  # enough of them for a bound
                self.assertGreaterEqual(one["queries"], 662)
                self.assertGreaterEqual(one["p99_at_most_ms"], one["p99_ms"])
            mean = 1000 * one["batch"] / one["images_per_second"]
            self.assertLess(one["p50_ms"] / 100, mean)

    def test_a_model(self):
        document = self.document("m.safetensors", "--threads", "1,2,1", "--batches", "1,8")
        self.assertEqual(document["schema"], 1)
        self.check_model(document["models"][0], [1, 2], [1, 8])
        self.assertTrue({"cpu", "retort", "libtorch", "threads", "dtype"} <= set(document["environment"]))

    def test_models_of_both_kinds_each_in_a_process(self):
        self.works("export", "m.safetensors", "--out", "-m.onnx")
        files = ["m.safetensors", "./-m.onnx"]
        models = self.document(*files, "--threads", "1", "--batches", "1")["models"]
        self.assertEqual([model["model"] for model in models], files)
        for model in models:
            self.check_model(model, [1], [1])
            # Of several models in one process the later ones would start late.
            self.assertLess(model["open_seconds"], model["process_seconds"])

    def test_table(self):
        told = self.works("bench", "m.safetensors", *QUICK)
        self.assertRegex(told, r"(?m)^m\.safetensors +650 +640 +3\.22 kB ")
        self.assertRegex(told, r"(?m)^m\.safetensors +1 +64 +")
        self.assertRegex(told, r"LibTorch 2\.\d+\.\d+, fp32; all threads: \d+; load before: ")

    def test_what_is_no_model(self):
        self.refused(USAGE, "bench", says="MODEL is required")
        self.refused(MODEL, "bench", "none.onnx", says="none.onnx: No such file")
        self.refused(MODEL, "bench", "m.safetensors", "none.onnx", *QUICK, says="none.onnx: No such file")
        self.write("bad.safetensors", "a text")
        self.refused(MODEL, "bench", "bad.safetensors", says="bad.safetensors")

    def test_wrong_options(self):
        for option, value, says in (
            ("--threads", "0", "1 to 1024, or all"),
            ("--threads", "1,some", "'some'"),
            ("--threads", "-1", "'-1'"),
            ("--batches", "0", "1 to 65536"),
            ("--batches", "1,x", "x"),
            ("--seconds", "0", "--seconds"),
            ("--seconds", "-1", "--seconds"),
        ):
            self.refused(USAGE, "bench", "m.safetensors", option, value, says=says)
