"""Small networks as PyTorch exports them: python tools/golden/onnx_exports.py -> tests/golden/onnx/

Every form that larger networks are written in, by both exporters (torchscript and dynamo) at several
operator sets, with the answers of PyTorch to three images. Needs onnx and onnxscript too.
"""

import io
import logging
import warnings

import onnx
import torch
import torch.nn.functional as F
from torch import nn

import golden

FOLDER = golden.FOLDER / "onnx"
EXPORTS = {
    "residual": [("torchscript", 9), ("dynamo", 18)],
    "mobile": [("torchscript", 11), ("dynamo", 20)],
    "shuffle": [("torchscript", 13), ("dynamo", 18)],
    "transformer": [("torchscript", 17), ("dynamo", 20), ("torchscript-batch-1", 14)],
    "dense": [("torchscript", 10)],
    "upsampling": [("torchscript", 13), ("dynamo", 18)],
    "ends_in_log_softmax": [("torchscript", 11), ("dynamo", 18)],
    "modern": [("torchscript", 13), ("dynamo", 20)],
    "fixed_view": [("torchscript-batch-1", 9), ("dynamo-batch-1", 18)],
}


def convolution(channels, out, kernel=3, stride=1, groups=1, activation=nn.ReLU):
    layers = [nn.Conv2d(channels, out, kernel, stride, kernel // 2, groups=groups, bias=False)]
    return nn.Sequential(*layers, nn.BatchNorm2d(out), activation())


class Residual(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = convolution(3, 6, stride=2)
        self.pool = nn.MaxPool2d(3, 2, 1)
        self.body = nn.Sequential(convolution(6, 8, stride=2), convolution(8, 8, activation=nn.Identity))
        self.shortcut = convolution(6, 8, 1, 2, activation=nn.Identity)
        self.head = nn.Linear(8, 5)

    def forward(self, x):
        x = self.pool(self.stem(x))
        x = F.relu(self.body(x) + self.shortcut(x))
        return self.head(torch.flatten(F.adaptive_avg_pool2d(x, 1), 1))


class Mobile(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = convolution(3, 6, stride=2, activation=nn.Hardswish)
        self.depthwise = convolution(6, 6, groups=6, activation=nn.ReLU6)
        self.squeeze, self.excite = nn.Conv2d(6, 2, 1), nn.Conv2d(2, 6, 1)
        self.silu = convolution(6, 8, 1, activation=nn.SiLU)
        self.head = nn.Sequential(nn.Dropout(0.2), nn.Linear(8, 5))

    def forward(self, x):
        x = self.depthwise(self.stem(x))
        gate = self.excite(F.relu(self.squeeze(x.mean((2, 3), keepdim=True))))
        return self.head(self.silu(x * F.hardsigmoid(gate)).mean([2, 3]))


class Shuffle(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = convolution(3, 8, stride=2)
        self.branch = convolution(4, 4)
        self.head = nn.Linear(8, 5)

    def forward(self, x):
        left, right = self.stem(x).chunk(2, dim=1)
        x = torch.cat((left, self.branch(right)), dim=1)
        batch, channels, height, width = x.size()
        x = x.view(batch, 2, channels // 2, height, width)
        x = torch.transpose(x, 1, 2).contiguous().view(batch, channels, height, width)
        return self.head(x.mean([2, 3]))


class Transformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.patches = nn.Conv2d(3, 8, 8, 8)
        self.token = nn.Parameter(torch.randn(1, 1, 8))
        self.positions = nn.Parameter(torch.randn(1, 5, 8))
        self.norm = nn.LayerNorm(8)
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)
        self.packed = nn.Linear(8, 24)
        self.widen, self.narrow = nn.Linear(8, 16), nn.Linear(16, 8)
        self.head = nn.Linear(8, 5)

    def forward(self, x):
        x = self.patches(x)
        batch, channels = x.shape[:2]
        x = x.reshape(batch, channels, -1).permute(0, 2, 1)
        x = torch.cat([self.token.expand(batch, -1, -1), x], dim=1) + self.positions
        y = self.norm(x)
        x = x + self.attention(y, y, y, need_weights=False)[0]
        q, k, v = self.packed(x).reshape(batch, -1, 3, 2, 4).permute(2, 0, 3, 1, 4).unbind(0)
        scores = (q * 4**-0.5) @ k.transpose(-2, -1)
        x = x + (scores.softmax(dim=-1) @ v).transpose(1, 2).reshape(batch, -1, 8)
        return self.head((x + self.narrow(F.gelu(self.widen(x))))[:, 0])


class Dense(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = convolution(3, 4)
        self.first, self.second = convolution(4, 3), convolution(7, 3)
        self.head = nn.Linear(10, 5)

    def forward(self, x):
        x = F.avg_pool2d(self.stem(x), 2)
        x = torch.cat([x, self.first(x)], 1)
        x = torch.cat([x, self.second(x)], 1)
        x = F.avg_pool2d(x, 3, 2, padding=1, count_include_pad=False, ceil_mode=True)
        return self.head(F.leaky_relu(x, 0.1).mean(dim=(-1, -2)))


class Upsampling(nn.Module):
    def __init__(self):
        super().__init__()
        self.down = nn.Conv2d(3, 4, 3, 2, 1)
        self.up = nn.ConvTranspose2d(4, 4, 3, 2, 1, output_padding=1)
        self.head = nn.Linear(12, 5)

    def forward(self, x):
        x = torch.tanh(self.down(x))
        parts = [self.up(x), F.interpolate(x, scale_factor=2, mode="nearest")]
        parts.append(F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False))
        x = F.pad(torch.cat(parts, 1), (1, 2, 0, 1))
        return self.head(torch.sigmoid(x).flatten(2).mean(-1))


class EndsInLogSoftmax(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.PReLU(4), nn.AdaptiveAvgPool2d(4))
        self.norm = nn.GroupNorm(2, 4)
        self.head = nn.Linear(64, 5)

    def forward(self, x):
        x = self.norm(self.body(x))
        return F.log_softmax(self.head(x.view(x.size(0), -1)), dim=1)

    def logits(self, x):
        return self.head(self.norm(self.body(x)).flatten(1))


class Modern(nn.Module):
    """Norms and a matrix over channels that lie last."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 6, 4, 4)
        self.norm = nn.LayerNorm(6, eps=1e-6)
        self.widen, self.narrow = nn.Linear(6, 12), nn.Linear(12, 6)
        self.scale = nn.Parameter(torch.rand(6, 1, 1))
        self.tokens = nn.Linear(16, 16)
        self.head = nn.Linear(6, 5)

    def forward(self, x):
        x = self.stem(x)
        y = self.norm(x.permute(0, 2, 3, 1))
        y = self.narrow(F.gelu(self.widen(y), approximate="tanh")).permute(0, 3, 1, 2)
        x = x + self.scale * y
        x = self.tokens(x.flatten(2)).transpose(1, 2)
        return self.head(F.normalize(x.mean(1), dim=1) * 3)


class FixedView(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Conv2d(3, 4, 3, 4)
        self.hidden, self.head = nn.Linear(64, 8), nn.Linear(8, 5)

    def forward(self, x):
        x = F.max_pool2d(F.elu(self.body(x)), 1).view(1, -1)
        return self.head(torch.tanh(self.hidden(x)).view(1, 8)).softmax(1)

    def logits(self, x):
        return self.head(torch.tanh(self.hidden(F.elu(self.body(x)).flatten(1))))


NETWORKS = [Residual, Mobile, Shuffle, Transformer, Dense, Upsampling, EndsInLogSoftmax, Modern, FixedView]


def ready(kind):
    torch.manual_seed(7)
    network = kind().eval()
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.normal_(module.running_mean, 0, 0.2)
            nn.init.uniform_(module.running_var, 0.5, 1.5)
    return network


def export(network, exporter, opset):
    alone = exporter.endswith("batch-1")
    images = (torch.zeros(1 if alone else 2, 3, 16, 16),)
    settings = {"opset_version": opset, "input_names": ["image"], "output_names": ["answer"]}
    if exporter.startswith("dynamo"):
        free = None if alone else ({0: torch.export.Dim("batch")},)
        program = torch.onnx.export(network, images, dynamo=True, dynamic_shapes=free, **settings, verbose=False)
        return program.model_proto
    file = io.BytesIO()
    free = {} if alone else {"image": {0: "batch"}, "answer": {0: "batch"}}
    torch.onnx.export(network, images, file, dynamo=False, dynamic_axes=free, **settings)
    return onnx.load_model_from_string(file.getvalue())


def strip(model):
    """Words for people, which make most of the bytes."""
    del model.graph.metadata_props[:], model.graph.value_info[:]
    model.doc_string = model.graph.doc_string = ""
    for node in model.graph.node:
        node.doc_string = ""
        del node.metadata_props[:]


def main():
    warnings.filterwarnings("ignore")
    logging.disable(logging.WARNING)
    FOLDER.mkdir(parents=True, exist_ok=True)
    images = golden.pattern(1, (3, 3, 16, 16), -1, 1)
    table = {}
    for (name, exports), kind in zip(EXPORTS.items(), NETWORKS, strict=True):
        network = ready(kind)
        logits = getattr(network, "logits", network.forward)
        network.double()
        with torch.no_grad():
            table[name] = torch.cat([logits(image) for image in images.split(1)])
        network.float()
        for exporter, opset in exports:
            model = export(network, exporter, opset)
            strip(model)
            path = FOLDER / f"{name}-{exporter}-{opset}.onnx"
            path.write_bytes(model.SerializeToString())
            path.chmod(0o644)
            print(f"{path}: {path.stat().st_size} bytes, opset {model.opset_import[0].version}")
    golden.write("onnx/answers.safetensors", table)


if __name__ == "__main__":
    main()
