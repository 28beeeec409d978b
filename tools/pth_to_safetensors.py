"""A PyTorch file of weights (.pth, .pt, .bin) as safetensors: python pth_to_safetensors.py IN.pth OUT.safetensors

Needs torch and safetensors in a Python of yours. The file holds a state_dict, or a checkpoint with one
under a usual name; --key names another. It is loaded with weights_only: no code of the file runs.
"""

import argparse
import pickle
import sys
from pathlib import Path

# Where training programs put the weights in their checkpoints, in order of preference.
USUAL_KEYS = ("state_dict", "model_state_dict", "model_state", "model", "net", "network", "weights")


def stop(message):
    sys.exit(f"pth_to_safetensors: {message}")


def load(path):
    import torch

    if not Path(path).is_file():
        stop(f"{path}: no such file")
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError:
        stop(f"{path}: holds more than weights (a whole module, perhaps), and code of a file is never "
             "run here; save model.state_dict() where the model was made")
    except Exception as error:  # torch tells damage with many kinds of error
        stop(f"{path}: cannot be read: {str(error).splitlines()[0]}")


def is_state(content):
    import torch

    return isinstance(content, dict) and bool(content) and all(
        isinstance(name, str) and isinstance(tensor, torch.Tensor) for name, tensor in content.items()
    )


def state_of(content, key, path):
    """The table of weights in what a file holds."""
    if not isinstance(content, dict):
        stop(f"{path}: wanted a state_dict or a checkpoint, got {type(content).__name__}")
    if key:
        if not is_state(content.get(key)):
            stop(f"{path}: no weights under '{key}'; there are: {', '.join(map(str, content))}")
        return content[key]
    if is_state(content):
        return content
    for usual in USUAL_KEYS:
        if is_state(content.get(usual)):
            print(f"taking '{usual}' of: {', '.join(map(str, content))}", file=sys.stderr)
            return content[usual]
    stop(f"{path}: no table of weights; there are: {', '.join(map(str, content))}; name one with --key")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file")
    parser.add_argument("out")
    parser.add_argument("--key", help="where in the checkpoint the weights are")
    parser.add_argument("--drop", action="append", default=[], metavar="PREFIX",
                        help="leave out what begins so, as a head that is not wanted")
    options = parser.parse_args()
    try:
        import torch  # noqa: F401
        from safetensors.torch import save_file
    except ImportError as error:
        stop(f"{error}; it needs torch and safetensors: pip install torch safetensors")
    state = state_of(load(options.file), options.key, options.file)
    kept = {name: tensor for name, tensor in state.items()
            if not any(name.startswith(prefix) for prefix in options.drop)}
    # Copies: safetensors refuses tensors that share their memory.
    copies = {name: tensor.detach().clone().contiguous() for name, tensor in kept.items()}
    try:
        save_file(copies, options.out)
    except Exception as error:  # of the file, or of its folder
        stop(f"{options.out}: {error}")
    print(f"{options.out}: {len(kept)} tensors, {sum(t.numel() for t in kept.values()):,} numbers")


if __name__ == "__main__":
    main()
