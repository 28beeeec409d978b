"""Values and gradients of the ops: python tools/golden/ops.py -> tests/golden/ops.safetensors

A case is a small graph whose last node is of the op that the case is named after; its weights, its
input of two samples and the gradient of its output are patterns, see golden.py and
tests/golden/ops.hpp. Stored are the graph, the output, the gradients and the multiply-accumulates
that PyTorch counts. Everything in double.
"""

import json

import torch
import torch.nn.functional as F
from torch.utils.flop_counter import FlopCounterMode

import golden

CASES = {}


def case(name, shape, function, weights={}, /, *, before=(), inputs=("input",), **attributes):
    """before: nodes that make the inputs of the last one. The values of `function` are of this case."""
    assert name not in CASES, name
    last = node("y", name.split("/")[0], list(inputs), **attributes)
    graph = {"input": shape, "nodes": [*before, last], "classes": []}
    graph["normalisation"] = {"mean": [], "deviation": []}
    CASES[name] = (graph, function, weights)


def node(name, op, inputs, /, **attributes):
    return {"name": name, "op": op, "inputs": inputs, "attributes": attributes}


def part(name, axis, start, end):
    return node(name, "slice", ["input"], axis=axis, start=start, end=end, step=1)


def window(kernel, stride=(1, 1), padding=(0, 0, 0, 0), dilation=(1, 1)):
    return {"kernel": kernel, "stride": stride, "padding": padding, "dilation": dilation}


def around(x, padding, value=0.0):
    top, left, bottom, right = padding
    return F.pad(x, (left, right, top, bottom), value=value)


def elementwise_cases():
    plain = {
        "relu": F.relu,
        "relu6": F.relu6,
        "sigmoid": torch.sigmoid,
        "tanh": torch.tanh,
        "erf": torch.erf,
        "hard_sigmoid": F.hardsigmoid,
        "hard_swish": F.hardswish,
        "silu": F.silu,
    }
    for name, function in plain.items():
        case(
            f"{name}/image", [3, 5, 4], lambda x, w, f=function: f(4 * x), before=[scaled(4.0)], inputs=["s"]
        )
        case(f"{name}/row", [7], lambda x, w, f=function: f(x))
    case("leaky_relu/image", [3, 5, 4], lambda x, w: F.leaky_relu(x, 0.2), slope=0.2)
    for form in ("none", "tanh"):
        function = lambda x, w, form=form: F.gelu(x, approximate=form)
        case(f"gelu/{form}", [5, 8], function, approximate=form)
    case(
        "dropout/after-relu",
        [9],
        lambda x, w: F.relu(x),
        before=[node("r", "relu", ["input"])],
        inputs=["r"],
        probability=0.5,
    )
    case("scale/both", [3, 4], lambda x, w: 0.5 * x - 2, factor=0.5, offset=-2.0)
    case("softmax/row", [6], lambda x, w: x.softmax(1), axis=0)
    case("softmax/attention", [2, 3, 5], lambda x, w: x.softmax(3), axis=2)


    case("clip/both", [3, 5, 4], lambda x, w: x.clamp(-0.5, 1.25), least=-0.5, most=1.25)
    case("elu/image", [3, 5, 4], lambda x, w: F.elu(x, 0.7), alpha=0.7)
    case("softplus/row", [7], lambda x, w: F.softplus(x))
    prelu = lambda x, w: F.prelu(x, w["weight"])
    case("prelu/image", [3, 5, 4], prelu, {"weight": (3,)})
    case("prelu/row", [6], prelu, {"weight": (6,)})
    case("exp/image", [3, 5, 4], lambda x, w: x.exp())
    positive = {"before": [node("s", "sigmoid", ["input"])], "inputs": ["s"]}
    case("log/row", [7], lambda x, w: torch.sigmoid(x).log(), **positive)
    case("power/square", [5, 4], lambda x, w: x**2, exponent=2.0)
    for name, exponent in [("root", 0.5), ("reciprocal", -1.0), ("other", 1.5)]:
        case(f"power/{name}", [5, 4], lambda x, w, e=exponent: torch.sigmoid(x) ** e, **positive, exponent=exponent)


def scaled(factor):
    return node("s", "scale", ["input"], factor=factor, offset=0.0)


def linear_cases():
    weights = {"weight": (5, 7), "bias": (5,)}
    linear = lambda x, w: F.linear(x, w["weight"], w.get("bias"))
    case("linear/row", [7], linear, weights, out_features=5, bias=1)
    case("linear/no-bias", [7], linear, {"weight": (5, 7)}, out_features=5, bias=0)
    case("linear/sequence", [3, 7], linear, weights, out_features=5, bias=1)
    halves = [part("a", 0, 0, 4), part("b", 0, 4, 8), node("t", "transpose", ["b"], permutation=[1, 0])]
    case("matmul/scores", [8, 5], lambda x, w: x[:, :4] @ x[:, 4:].mT, before=halves, inputs=["a", "t"])
    heads = [part("a", 2, 0, 3), part("b", 1, 0, 3)]
    one = [part("a", 0, 0, 1), node("t", "transpose", ["input"], permutation=[0, 2, 1])]
    case("matmul/spread", [3, 5, 4], lambda x, w: x[:, :1] @ x.mT, before=one, inputs=["a", "t"])
    case("matmul/heads", [2, 5, 6], lambda x, w: x[..., :3] @ x[:, :, :3], before=heads, inputs=["a", "b"])


def convolution_cases():
    def conv(stride, padding, dilation, groups):
        return lambda x, w: F.conv2d(
            around(x, padding), w["weight"], w.get("bias"), stride, 0, dilation, groups
        )

    for name, shape, weight, bias, kernel, stride, padding, dilation, groups in [
        ("plain", [3, 7, 5], (8, 3, 3, 3), True, [3, 3], [1, 1], [1, 1, 1, 1], [1, 1], 1),
        ("strided", [4, 9, 8], (6, 4, 3, 5), False, [3, 5], [2, 3], [1, 2, 1, 2], [1, 1], 1),
        ("grouped", [4, 6, 7], (6, 2, 1, 3), True, [1, 3], [1, 1], [0, 1, 0, 1], [1, 1], 2),
        ("depthwise", [5, 7, 7], (5, 1, 3, 3), False, [3, 3], [2, 2], [1, 1, 1, 1], [1, 1], 5),
        ("dilated", [2, 9, 9], (3, 2, 3, 3), True, [3, 3], [1, 1], [2, 2, 2, 2], [2, 2], 1),
        ("one-sided", [2, 6, 5], (3, 2, 3, 3), True, [3, 3], [2, 2], [0, 1, 2, 0], [1, 1], 1),
    ]:
        weights = {"weight": weight} | ({"bias": weight[:1]} if bias else {})
        case(
            f"conv/{name}",
            shape,
            conv(stride, padding, dilation, groups),
            weights,
            **window(kernel, stride, padding, dilation),
            groups=groups,
            out_channels=weight[0],
            bias=int(bias),
        )

    def transposed(stride, padding, output_padding, dilation, groups):
        def function(x, w):
            whole = F.conv_transpose2d(
                x, w["weight"], w.get("bias"), stride, 0, output_padding, groups, dilation
            )
            top, left, bottom, right = padding
            return whole[:, :, top : whole.shape[2] - bottom, left : whole.shape[3] - right]

        return function

    for name, shape, weight, bias, kernel, stride, padding, output_padding, dilation, groups in [
        ("plain", [3, 4, 5], (3, 4, 2, 2), True, [2, 2], [2, 2], [0, 0, 0, 0], [0, 0], [1, 1], 1),
        ("padded", [4, 5, 3], (4, 3, 3, 4), False, [3, 4], [2, 3], [1, 1, 1, 1], [1, 2], [1, 1], 2),
        ("one-sided", [2, 4, 4], (2, 3, 3, 3), True, [3, 3], [2, 1], [0, 1, 1, 0], [0, 0], [1, 2], 1),
    ]:
        weights = {"weight": weight} | ({"bias": (weight[1] * groups,)} if bias else {})
        case(
            f"conv_transposed/{name}",
            shape,
            transposed(stride, padding, output_padding, dilation, groups),
            weights,
            **window(kernel, stride, padding, dilation),
            output_padding=output_padding,
            groups=groups,
            out_channels=weight[1] * groups,
            bias=int(bias),
        )


def pooling_cases():
    for name, shape, kernel, stride, padding, dilation, ceil in [
        ("halves", [3, 8, 6], [2, 2], [2, 2], [0, 0], [1, 1], False),
        ("odd", [2, 9, 7], [3, 2], [2, 1], [1, 0], [1, 1], False),
        ("ceil", [2, 8, 7], [3, 3], [2, 2], [0, 0], [1, 1], True),
        ("ceil-padded", [2, 6, 7], [2, 2], [2, 3], [1, 1], [1, 1], True),
        ("dilated", [2, 9, 9], [3, 3], [2, 2], [1, 1], [2, 2], False),
    ]:
        function = lambda x, w, a=(kernel, stride, padding, dilation, ceil): F.max_pool2d(x, *a)
        case(
            f"max_pool/{name}",
            shape,
            function,
            **window(kernel, stride, padding * 2, dilation),
            ceil_mode=int(ceil),
        )
    lowest = float("-inf")
    case(
        "max_pool/one-sided",
        [2, 5, 5],
        lambda x, w: F.max_pool2d(around(x, (0, 1, 1, 0), lowest), 2, 2),
        **window([2, 2], [2, 2], [0, 1, 1, 0]),
        ceil_mode=0,
    )
    for name, shape, kernel, stride, padding, ceil, include in [
        ("halves", [3, 8, 6], [2, 2], [2, 2], [0, 0], False, True),
        ("padded", [2, 9, 7], [3, 3], [2, 2], [1, 1], False, True),
        ("not-counted", [2, 9, 7], [3, 3], [2, 2], [1, 1], False, False),
        ("ceil", [2, 8, 7], [3, 3], [2, 2], [0, 0], True, True),
        ("ceil-padded", [2, 8, 6], [3, 3], [2, 3], [1, 1], True, True),
        ("ceil-not-counted", [2, 8, 6], [3, 3], [2, 3], [1, 1], True, False),
    ]:
        function = lambda x, w, a=(kernel, stride, padding, ceil, include): F.avg_pool2d(x, *a)
        case(
            f"average_pool/{name}",
            shape,
            function,
            **window(kernel, stride, padding * 2),
            ceil_mode=int(ceil),
            count_include_pad=int(include),
        )
    case("global_average_pool/odd", [3, 5, 7], lambda x, w: x.mean((2, 3), keepdim=True))
    for name, shape, size in [
        ("parts", [2, 6, 4], [3, 2]),
        ("uneven", [2, 7, 5], [3, 2]),
        ("larger", [2, 3, 3], [4, 5]),
    ]:
        case(
            f"adaptive_average_pool/{name}",
            shape,
            lambda x, w, s=size: F.adaptive_avg_pool2d(x, s),
            size=size,
        )


    case("mean/kept", [3, 4, 5], lambda x, w: x.mean((1, 3), keepdim=True), axes=[0, 2], keeps=1)
    case("mean/gone", [3, 4, 5], lambda x, w: x.mean((2, 3)), axes=[1, 2], keeps=0)
    case("mean/row", [5, 6], lambda x, w: x.mean(2), axes=[1], keeps=0)


def norm_cases():
    def batch_norm(x, w, training=False):
        names = ("running_mean", "running_var", "weight", "bias")
        return F.batch_norm(x, *(w[name] for name in names), training, 0.1, 1e-3)

    weights = {name: (4,) for name in ("weight", "bias", "running_mean", "running_var")}
    case("batch_norm/image", [4, 3, 5], batch_norm, weights, epsilon=1e-3)
    case("batch_norm/row", [4], batch_norm, weights, epsilon=1e-3)
    train = lambda x, w: batch_norm(x, w, True)
    case("batch_norm/training", [4, 3, 5], train, weights, epsilon=1e-3)
    layer_norm = lambda x, w: F.layer_norm(x, w["weight"].shape, w["weight"], w["bias"], 1e-6)
    case(
        "layer_norm/sequence", [5, 8], layer_norm, {"weight": (8,), "bias": (8,)}, dimensions=1, epsilon=1e-6
    )
    case(
        "layer_norm/image",
        [3, 4, 5],
        layer_norm,
        {"weight": (4, 5), "bias": (4, 5)},
        dimensions=2,
        epsilon=1e-6,
    )
    for size in (1, 3, 5):
        response = lambda x, w, n=size: F.local_response_norm(x, n, 0.3, 0.75, 2.0)
        settings = {"size": size, "alpha": 0.3, "beta": 0.75, "offset": 2.0}
        case(f"local_response_norm/{size}", [4, 3, 5], response, **settings)
    for groups in (1, 2, 6):
        group_norm = lambda x, w, g=groups: F.group_norm(x, g, w["weight"], w["bias"], 1e-5)
        case(
            f"group_norm/{groups}",
            [6, 3, 5],
            group_norm,
            {"weight": (6,), "bias": (6,)},
            groups=groups,
            epsilon=1e-5,
        )


def arithmetic_cases():
    halves = [part("a", 0, 0, 3), part("b", 0, 3, 6)]
    gate = [node("g", "global_average_pool", ["input"])]
    case("add/images", [6, 4, 5], lambda x, w: x[:, :3] + x[:, 3:], before=halves, inputs=["a", "b"])
    case("add/itself", [5], lambda x, w: x + x, inputs=["input", "input"])
    case("multiply/images", [6, 4, 5], lambda x, w: x[:, :3] * x[:, 3:], before=halves, inputs=["a", "b"])
    squeeze = lambda x, w: x * x.mean((2, 3), keepdim=True)
    case("multiply/gate", [4, 3, 5], squeeze, before=gate, inputs=["input", "g"])
    case("offset/positions", [5, 8], lambda x, w: x + w["weight"], {"weight": (5, 8)}, shape=[5, 8])
    case("gain/channels", [3, 4, 5], lambda x, w: x * w["weight"], {"weight": (3, 1, 1)}, shape=[3, 1, 1])
    case(
        "concat/channels",
        [6, 2, 3],
        lambda x, w: torch.cat([x[:, 3:], x[:, :3], x], 1),
        before=halves,
        inputs=["b", "a", "input"],
        axis=0,
    )
    case("concat/length", [6, 4], lambda x, w: torch.cat([x, x], 2), inputs=["input", "input"], axis=1)


def shape_cases():
    case("flatten/image", [3, 4, 5], lambda x, w: x.flatten(1))
    case("reshape/heads", [5, 8], lambda x, w: x.reshape(-1, 5, 2, 4), shape=[5, 2, 4])
    case("transpose/heads", [5, 2, 4], lambda x, w: x.permute(0, 2, 1, 3), permutation=[1, 0, 2])
    case("transpose/tokens", [5, 8], lambda x, w: x.mT, permutation=[1, 0])
    case("slice/half", [6, 3, 4], lambda x, w: x[:, 3:6], axis=0, start=3, end=6, step=1)
    case("slice/every-second", [2, 5, 7], lambda x, w: x[..., 1:6:2], axis=2, start=1, end=6, step=2)
    case(
        "pad/channels",
        [2, 3, 4],
        lambda x, w: F.pad(x, (0, 0, 0, 0, 2, 1)),
        padding=[2, 0, 0, 1, 0, 0],
        value=0.0,
    )
    case(
        "pad/value",
        [2, 3, 4],
        lambda x, w: F.pad(x, (1, 0, 0, 2), value=0.5),
        padding=[0, 0, 1, 0, 2, 0],
        value=0.5,
    )
    for name, shape, size in [
        ("double", [2, 3, 4], [6, 8]),
        ("odd", [3, 7, 5], [10, 9]),
        ("smaller", [2, 9, 7], [4, 5]),
    ]:
        floor = {"mode": "nearest", "coordinates": "asymmetric", "rounding": "floor"}
        function = lambda x, w, s=size: F.interpolate(x, size=s, mode="nearest")
        case(f"resize/nearest-{name}", shape, function, **floor, **sizes(shape, size))
        for coordinates, corners in (("half_pixel", False), ("align_corners", True)):
            settings = {"mode": "bilinear", "coordinates": coordinates}
            function = lambda x, w, s=size, c=corners: F.interpolate(
                x, size=s, mode="bilinear", align_corners=c
            )
            case(f"resize/bilinear-{coordinates}-{name}", shape, function, **settings, **sizes(shape, size))
        settings = {"mode": "bilinear", "coordinates": "asymmetric"}
        function = lambda x, w, s=size: sampled(x, s)
        case(f"resize/bilinear-asymmetric-{name}", shape, function, **settings, **sizes(shape, size))
    for rounding, rows in (("round_prefer_floor", [0, 2]), ("round_prefer_ceil", [1, 3])):
        settings = {"mode": "nearest", "coordinates": "half_pixel", "rounding": rounding}
        function = lambda x, w, r=rows: x[:, :, r][:, :, :, [1, 4]]
        size = sizes([2, 4, 6], [2, 2])
        case(f"resize/nearest-{rounding}", [2, 4, 6], function, **settings, **size)
    spread = lambda x, w: x.mean((2, 3), keepdim=True).expand(-1, -1, 4, 5)
    pooled = {"before": [node("g", "global_average_pool", ["input"])], "inputs": ["g"]}
    case("expand/image", [3, 4, 5], spread, **pooled, shape=[3, 4, 5])
    case("channel_shuffle/3", [6, 3, 4], lambda x, w: F.channel_shuffle(x, 3), groups=3)
    prepend = lambda x, w: torch.cat([w["weight"].expand(len(x), -1, -1), x], 1)
    case("tokens/two", [5, 8], prepend, {"weight": (2, 8)}, count=2)


def sizes(shape, size):
    return {"size": size, "height_scale": size[0] / shape[1], "width_scale": size[1] / shape[2]}


def sampled(x, size):
    """Bilinear, the first pixel on the first: pixel i of the new image is at i * from / to."""
    places = [
        2 * torch.arange(to, dtype=x.dtype) * old / to / (old - 1) - 1 for old, to in zip(x.shape[2:], size)
    ]
    rows, columns = torch.meshgrid(*places, indexing="ij")
    grid = torch.stack([columns, rows], -1).expand(len(x), -1, -1, -1)
    return F.grid_sample(x, grid, padding_mode="border", align_corners=True)


def record(table, name, graph, function, weights):
    x = golden.pattern(1, (2, *graph["input"]), -2, 2).requires_grad_()
    values = {}
    for i, (weight, shape) in enumerate(weights.items()):
        low, high = (0.5, 1.5) if weight == "running_var" else (-1, 1)
        values[weight] = golden.pattern(10 + i, shape, low, high)
        values[weight].requires_grad_(not weight.startswith("running"))
    output = function(x, values)
    output.backward(golden.pattern(3, output.shape, -1, 1))
    golden.digest(table, f"{name}/output", output)
    golden.digest(table, f"{name}/gradient/input", x.grad)
    for weight, value in values.items():
        gradient = value.grad if value.requires_grad else value
        golden.digest(table, f"{name}/{'gradient' if value.requires_grad else 'buffer'}/{weight}", gradient)
    table[f"{name}/shape"] = torch.tensor(output.shape[1:])
    with FlopCounterMode(display=False) as counter:
        function(x.detach(), {name: value.detach() for name, value in values.items()})
    table[f"{name}/macs"] = torch.tensor(counter.get_total_flops() // 2 // len(x))


def main():
    for cases in (
        elementwise_cases,
        linear_cases,
        convolution_cases,
        pooling_cases,
        norm_cases,
        arithmetic_cases,
        shape_cases,
    ):
        cases()
    table = {}
    for name, (graph, function, weights) in CASES.items():
        record(table, name, graph, function, weights)
    graphs = {f"graph/{name}": json.dumps(graph) for name, (graph, _, _) in CASES.items()}
    golden.write("ops.safetensors", table, graphs)


if __name__ == "__main__":
    main()
