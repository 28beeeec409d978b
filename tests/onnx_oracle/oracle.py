"""Our ONNX and safetensors files against independent software: python3 oracle.py ORACLE_PYTHON PROGRAM"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

SKIPPED = 77  # ctest shows the test as skipped
TOLERANCE = 1e-4

if __name__ == "__main__" and sys.argv[1] != "inside":
    if not os.access(sys.argv[1], os.X_OK):
        print(f"skipped: no {sys.argv[1]}; tools/setup.sh makes it")
        sys.exit(SKIPPED)
    os.execv(sys.argv[1], [sys.argv[1], __file__, "inside", sys.argv[2]])

import numpy as np
import onnx
import onnx.numpy_helper
import onnxruntime
from onnx import TensorProto, helper
from safetensors.numpy import load_file, save_file


def run(*words):
    subprocess.run([str(word) for word in words], check=True)


def session_of(model):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3  # errors
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def answers(model, inputs):
    session = session_of(model)
    return session.run(None, {session.get_inputs()[0].name: inputs})[0]


def compare(what, ours, theirs):
    assert ours.shape == theirs.shape, f"{what}: {ours.shape} and {theirs.shape}"
    assert np.isfinite(theirs).all() and np.isfinite(ours).all(), f"{what}: not finite"
    largest = np.abs(theirs).max()
    assert largest > 1e-3, f"{what}: zeros prove nothing"
    difference = np.abs(ours - theirs).max()
    # Deep networks that never trained give huge numbers.
    assert difference <= TOLERANCE * max(1, largest), f"{what}: differs by {difference}"
    print(f"{what}: largest difference {difference:.2g}")


def normalised(pixels, model):
    metadata = {entry.key: entry.value for entry in model.metadata_props}
    settings = json.loads(metadata["retort.normalisation"])
    if not settings["mean"]:
        return pixels
    mean, deviation = (np.reshape(settings[key], (1, -1, 1, 1)) for key in ("mean", "deviation"))
    return ((pixels - mean) / deviation).astype(np.float32)


def check_written(program, folder):
    """Students that we write, in onnx's checker and onnxruntime."""
    run(program, "write", folder)
    paths = sorted(folder.glob("*.onnx"))
    networks = {path.stem.removeprefix("zoo-") for path in paths if path.stem.startswith("zoo-")}
    assert len(paths) > 130 and len(networks) > 28 and {"deit", "vgg16", "resnet50"} < networks, paths
    for path in paths:
        model = onnx.load(path)
        onnx.checker.check_model(model, full_check=True)
        ours = load_file(path.with_suffix(".safetensors"))
        for batch in (1, 7):
            inputs = normalised(ours[f"inputs{batch}"], model)
            compare(f"{path.name} x{batch}", ours[f"answers{batch}"], answers(str(path), inputs))


def floats(generator, name, *shape):
    values = generator.uniform(-1, 1, shape).astype(np.float32)
    return helper.make_tensor(name, TensorProto.FLOAT, shape, values.flatten().tolist())


def foreign_model(generator, opset, softmax, matmul):
    """Typed data, odd names, constants among the inputs."""
    constants = [floats(generator, "b/1:0", 12, 9), floats(generator, "c 1", 9)]
    constants += [floats(generator, "b\n2", 9, 4), floats(generator, "ç2", 4)]
    nodes = [helper.make_node("Flatten", ["Eingabe"], ["0"])]
    if matmul:
        nodes += [helper.make_node("MatMul", ["0", "b/1:0"], ["1a"], name="1a.weight")]
        nodes += [helper.make_node("Add", ["c 1", "1a"], ["1"])]
    else:
        nodes += [helper.make_node("Gemm", ["0", "b/1:0", "c 1"], ["1"], name="1a.weight", transB=0)]
    nodes += [helper.make_node("Relu", ["1"], ["2"], name="b/1:0")]
    nodes += [helper.make_node("Dropout", ["2"], ["3"])]
    nodes += [helper.make_node("Gemm", ["3", "b\n2", "ç2"], ["4"], name="ünïque.weight", alpha=0.5, beta=2.0)]
    nodes += [helper.make_node("Softmax", ["4"], ["5"])] if softmax else []
    output = "5" if softmax else "4"
    inputs = [helper.make_tensor_value_info("Eingabe", TensorProto.FLOAT, ["batch", 3, 2, 2])]
    inputs += [helper.make_tensor_value_info(c.name, TensorProto.FLOAT, c.dims) for c in constants]
    outputs = [helper.make_tensor_value_info(output, TensorProto.FLOAT, ["batch", 4])]
    graph = helper.make_graph(nodes, "", inputs, outputs, constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)


def check_read(program, folder):
    """Teachers of somebody else, read by us; a softmax at their end is left out."""
    inputs = np.random.default_rng(1).uniform(-1, 1, (7, 3, 2, 2)).astype(np.float32)
    save_file({"inputs": inputs}, folder / "in")
    for opset in (7, 9, 11, 13, 17, 21):
        for matmul in (False, True):
            with_softmax, plain = (
                foreign_model(np.random.default_rng(2), opset, softmax, matmul) for softmax in (True, False)
            )
            onnx.save(with_softmax, folder / "foreign.onnx")
            run(program, "answer", folder / "foreign.onnx", folder / "in", folder / "out")
            theirs = answers(plain.SerializeToString(), inputs)
            compare(f"opset {opset}, matmul {matmul}", load_file(folder / "out")["logits"], theirs)


def ending_like(model, logits):
    """Our logits through the softmax that the model ends in, if any: we leave it out."""
    kind = model.graph.node[-1].op_type
    if kind not in ("Softmax", "LogSoftmax"):
        return logits
    shifted = logits - logits.max(1, keepdims=True)
    logarithms = shifted - np.log(np.exp(shifted).sum(1, keepdims=True))
    return np.exp(logarithms) if kind == "Softmax" else logarithms


def compare_read(program, folder, what, model, batches=(1, 7)):
    """A model of somebody else; one that takes a single image is asked for each alone."""
    path = folder / "read.onnx"
    onnx.save(model, path)
    dimensions = session_of(str(path)).get_inputs()[0].shape
    for batch in batches:
        images = np.random.default_rng(batch).uniform(-1, 1, (batch, *dimensions[1:])).astype(np.float32)
        save_file({"inputs": images}, folder / "in")
        run(program, "answer", path, folder / "in", folder / "out")
        ours = load_file(folder / "out")["logits"]
        parts = np.split(images, batch) if dimensions[0] == 1 else [images]
        theirs = np.concatenate([answers(str(path), part) for part in parts]).reshape(ours.shape)
        compare(f"{what} x{batch}", ending_like(model, ours), theirs)


def check_exports(program, folder):
    """What PyTorch's exporters write: the files of tools/golden/onnx_exports.py."""
    paths = sorted((Path(__file__).parents[1] / "golden" / "onnx").glob("*.onnx"))
    assert len(paths) > 10, paths
    for path in paths:
        compare_read(program, folder, path.name, onnx.load(path))


def with_random_weights(model):
    """The light models make their weights of one number each; such networks answer alike to anything."""
    generator = np.random.default_rng(5)
    sizes = {c.name: onnx.numpy_helper.to_array(c) for c in model.graph.initializer}
    kept = []
    for node in model.graph.node:
        if node.op_type != "ConstantOfShape":
            kept.append(node)
            continue
        shape = tuple(int(size) for size in sizes[node.input[0]])
        fan = max(1, int(np.prod(shape[1:])))
        # Norms and biases: one dimension. A running variance has to be positive.
        values = generator.uniform(0.5, 1.5, shape) if len(shape) == 1 else generator.normal(0, fan**-0.5, shape)
        model.graph.initializer.append(onnx.numpy_helper.from_array(values.astype(np.float32), node.output[0]))
    del model.graph.node[:]
    model.graph.node.extend(kept)
    return model


def check_light(program, folder):
    """Networks of Caffe2, MXNet and others, of opset 9, as the onnx package has them."""
    paths = sorted((Path(onnx.__file__).parent / "backend/test/data/light").glob("*.onnx"))
    assert paths
    for path in paths:
        if path.stem.removeprefix("light_") in ("bvlc_alexnet", "vgg19", "zfnet512"):
            continue  # more than 60 million weights
        compare_read(program, folder, path.name, with_random_weights(onnx.load(path)), batches=(1, 2))


def check_safetensors(program, folder):
    """A file of the reference writer comes back byte by byte from ours."""
    generator = np.random.default_rng(3)
    types = "bool uint8 int8 int16 int32 int64 float16 float32 float64".split()
    tensors = {f"{name}.x": (generator.uniform(-9, 9, (2, 3)) > 0).astype(name) for name in types}
    tensors["float32.a"] = generator.uniform(-1, 1, (4, 1, 2)).astype(np.float32)
    tensors |= {"scalar": np.array(2.5), "nothing": np.zeros((0, 3), np.int32), "ç \"\n": np.ones(1)}
    save_file(tensors, folder / "theirs", metadata={"key": "välue\t"})
    run(program, "copy", folder / "theirs", folder / "ours")
    assert (folder / "theirs").read_bytes() == (folder / "ours").read_bytes()
    back = load_file(folder / "ours")
    assert back.keys() == tensors.keys()
    for name, tensor in tensors.items():
        assert back[name].dtype == tensor.dtype and np.array_equal(back[name], tensor), name
    print(f"safetensors: {len(tensors)} tensors, the same bytes")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        for check in (check_written, check_read, check_exports, check_light, check_safetensors):
            check(Path(sys.argv[2]), Path(name))
