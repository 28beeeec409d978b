"""Computes the numbers of a run's result.json again, with numpy, safetensors and onnxruntime:
python recompute.py RUN DATA, for a run on IDX files with the ten digits of MNIST. Nothing of retort
is used."""

import gzip
import json
import sys
import tomllib
from pathlib import Path

import numpy
import onnxruntime
from safetensors import safe_open

BINS = 15


def read_gz(path, header):
    return numpy.frombuffer(gzip.decompress(path.read_bytes())[header:], dtype=numpy.uint8)


def linear_layers(path):
    """The logits of a multilayer perceptron from its file alone, as a function of images."""
    with safe_open(path, framework="numpy") as file:
        graph = json.loads(file.metadata()["retort.graph"])
        weights = {name: file.get_tensor(name) for name in file.keys()}

    def logits(images):
        values = {"input": images.astype(numpy.float64)}
        for node in graph["nodes"]:
            x = values[node["inputs"][0]]
            if node["op"] == "flatten":
                x = x.reshape(len(x), -1)
            elif node["op"] == "linear":
                x = x @ weights[node["name"] + ".weight"].T.astype(numpy.float64)
                x = x + weights[node["name"] + ".bias"]
            elif node["op"] == "relu":
                x = numpy.maximum(x, 0)
            else:
                assert node["op"] == "dropout", node
            values[node["name"]] = x
        return values[graph["nodes"][-1]["name"]]

    return logits


def log_softmax(logits):
    shifted = logits - logits.max(1, keepdims=True)
    return shifted - numpy.log(numpy.exp(shifted).sum(1, keepdims=True))


def scores(logits, labels):
    log_p = log_softmax(logits.astype(numpy.float64))
    answers = log_p.argmax(1)
    confidence = numpy.exp(log_p.max(1))
    right = answers == labels
    ece = 0.0
    edges = numpy.arange(BINS + 1) / BINS
    for low, high in zip(edges[:-1], edges[1:]):
        inside = (confidence > low) & (confidence <= high)
        if inside.any():
            ece += inside.mean() * abs(right[inside].mean() - confidence[inside].mean())
    return {
        "count": len(labels),
        "errors": int((~right).sum()),
        "accuracy": float(right.mean()),
        "nll": float(-log_p[numpy.arange(len(labels)), labels].mean()),
        "ece": float(ece),
    }


def logits_of(run, name, role, teachers, images):
    """Of a model from its file, of an ensemble from those of its members. The members' files are
    fp32, the sums here are double."""
    members = teachers.get(name, {}).get("members")
    if role != "teacher" or not members:
        folder = {"teacher": f"teacher-{name}", "adjusted": f"adjusted-{name}"}.get(role, name)
        return linear_layers(run / folder / "model.safetensors")(images)
    answers = [logits_of(run, member, role, teachers, images) for member in members]
    if teachers[name]["mean"] == "logits":
        return numpy.mean(answers, axis=0)
    return numpy.log(numpy.mean([numpy.exp(log_softmax(one)) for one in answers], axis=0))


def compare(name, said, found, problems):
    for key, value in found.items():
        tolerance = 0 if key in ("count", "errors") else 1e-5
        if abs(said[key] - value) > tolerance:
            problems.append(f"{name}: {key} is {said[key]} in result.json, computed again {value}")


def main(run, data):
    result = json.loads((run / "result.json").read_text())
    problems = []
    if result["schema"] != 1 or result["status"] != "done":
        problems.append(f"schema {result['schema']}, status {result['status']}")
    images = read_gz(data / "t10k-images-idx3-ubyte.gz", 16).reshape(-1, 1, 28, 28)
    images = images.astype(numpy.float32) / 255
    labels = read_gz(data / "t10k-labels-idx1-ubyte.gz", 8).astype(numpy.int64)
    logits = {}
    teachers = tomllib.loads((run / "experiment.toml").read_text())["teacher"]
    for name, model in result["models"].items():
        logits[name] = logits_of(run, name, model["role"], teachers, images)
        compare(name, model["test"], scores(logits[name], labels), problems)

    session = onnxruntime.InferenceSession(run / "student.onnx", providers=["CPUExecutionProvider"])
    exported = session.run(["logits"], {"input": images})[0]
    compare("student.onnx", result["models"]["student"]["test"], scores(exported, labels), problems)
    one = session.run(["logits"], {"input": images[:1]})[0]
    difference = max(abs(exported - logits["student"]).max(), abs(one - exported[:1]).max())
    if difference > 1e-4:
        problems.append(f"student.onnx: logits differ by {difference}")
    metadata = session.get_modelmeta().custom_metadata_map
    if json.loads(metadata["retort.classes"]) != [str(digit) for digit in range(10)]:
        problems.append(f"student.onnx: classes {metadata['retort.classes']}")

    for pair, said in result["agreement"].items():
        first, second = (log_softmax(logits[name]) for name in pair.split("~"))
        compare(pair, said, {
            "top1": float((first.argmax(1) == second.argmax(1)).mean()),
            "kl": float((numpy.exp(second) * (second - first)).sum(1).mean()),
        }, problems)

    errors = {name: model["test"]["errors"] for name, model in result["models"].items()}
    print(f"errors {errors}, largest difference of student.onnx {difference:.2g}")
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
