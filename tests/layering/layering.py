"""Fails when a source includes what its room may not: python3 layering.py ROOT"""

import re
import sys
from pathlib import Path

# A room and what it may include; arrows are transitive.
ARROWS = {
    "base": [],
    "config": ["base"],
    "result": ["base"],
    "tensor": ["base"],
    "data": ["tensor", "config"],
    "model": ["tensor", "config"],
    "objective": ["tensor", "config"],
    "task": ["tensor", "config", "result"],
    "onnx": ["model"],
    "store": ["data", "tensor"],
    "predict": ["model", "onnx", "data", "store"],
    "evaluate": ["predict", "task", "data"],
    "train": ["evaluate", "predict", "objective", "task", "data"],
    "report": ["config", "result"],
    "experiment": ["train", "evaluate", "onnx", "report"],
    "pipeline": ["experiment"],  # retort/pipeline.hpp and .cpp
    "libtorch": ["train"],  # retort/libtorch.hpp, for people who bring a torch::nn::Module
    "cli": ["pipeline"],
}
# These compile without LibTorch, also through what they include.
WITHOUT_LIBTORCH = re.compile(r"retort/(base|config|result|report)/|retort/tensor/safetensors_header\.")
LIBTORCH = re.compile(r"(ATen|c10|caffe2|torch)/")
WHOLE_LIBTORCH = "torch/torch.h"  # seconds to compile: operators are included one by one
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)


def room_of(path):
    """'retort/data/batch.hpp' -> 'data', 'retort/pipeline.cpp' -> 'pipeline', 'cli/run.cpp' -> 'cli'"""
    parts = path.split("/")
    return "cli" if parts[0] == "cli" else parts[1].split(".")[0].removesuffix("_test")


def reachable(room):
    """The room itself and every room that it may include."""
    rooms = {room}
    for lower in ARROWS[room]:
        rooms |= reachable(lower)
    return rooms


def read_includes(root):
    """path -> [(line number, quote, included)] of every source in retort/ and cli/"""
    includes = {}
    for top in ("retort", "cli"):
        for path in sorted((root / top).rglob("*.[ch]pp")):
            text = path.read_text()
            includes[path.relative_to(root).as_posix()] = [
                (text.count("\n", 0, match.start(1)) + 1, match[1], match[2])
                for match in INCLUDE.finditer(text)
            ]
    return includes


def way_to_libtorch(path, includes, seen):
    """The chain of files by which a source includes LibTorch; empty when it does not."""
    seen.add(path)
    for _, _, included in includes.get(path, []):
        if LIBTORCH.match(included):
            return [path, included]
        if included not in seen:
            chain = way_to_libtorch(included, includes, seen)
            if chain:
                return [path] + chain
    return []


def check(root):
    """One line for every broken rule."""
    includes = read_includes(root)
    problems = []
    for path, lines in includes.items():
        room = room_of(path)
        if room not in ARROWS:
            problems.append(f"{path}: the room '{room}' has no arrows in tests/layering/layering.py")
            continue
        allowed = reachable(room)
        for line, quote, included in lines:
            where = f"{path}:{line}"
            if included.startswith(("retort/", "cli/")):
                other = room_of(included)
                if other not in allowed:
                    problems.append(f"{where}: '{room}' may not include '{other}' ({included})")
            elif quote == '"' and not included.startswith("tests/"):
                problems.append(f"{where}: write our headers from the root: retort/.../{included}")
            if included == WHOLE_LIBTORCH and room != "libtorch":
                problems.append(f"{where}: include single headers of LibTorch, not {included}")
        if WITHOUT_LIBTORCH.match(path):
            chain = way_to_libtorch(path, includes, set())
            if chain:
                problems.append(f"{path}: must do without LibTorch: {' -> '.join(chain)}")
    if not includes:
        problems.append(f"no sources under {root}")
    return problems


if __name__ == "__main__":
    found = check(Path(sys.argv[1]))
    print("\n".join(found) or "every include follows an arrow")
    sys.exit(1 if found else 0)
