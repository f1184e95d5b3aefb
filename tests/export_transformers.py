#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes small transformers with random weights as ONNX files.

Vision transformers are torchvision's own; BERT, GPT-2 and T5 are written here the way the common
implementations compute them, so that the exporter leaves the same operators behind.
Needs torch and torchvision: on Debian, python3-torch, python3-torchvision and /usr/bin/python3.
"""
import argparse
import math
import os
import warnings

import torch
import torchvision
from torch import nn

SIZES = {
    "vit": {"image": 32, "patch": 8, "layers": 2, "heads": 4, "width": 64, "mlp": 128,
            "classes": 10},
    "swin": {"image": 64, "patch": 4, "width": 24, "depths": [2, 2], "heads": [2, 4], "window": 4,
             "mlp_ratio": 4, "classes": 10},
    "bert": {"vocabulary": 97, "positions": 64, "layers": 2, "heads": 4, "width": 32, "mlp": 128},
    "gpt2": {"vocabulary": 101, "positions": 64, "layers": 3, "heads": 4, "width": 32},
    "t5": {"vocabulary": 89, "layers": 2, "heads": 4, "head": 8, "width": 40, "mlp": 96},
}


def split_heads(x, heads):
    """[batch, length, width] -> [batch, heads, length, width / heads]"""
    return x.view(*x.shape[:2], heads, -1).permute(0, 2, 1, 3)


def merge_heads(x):
    x = x.permute(0, 2, 1, 3).contiguous()
    return x.view(*x.shape[:2], -1)


class BertLayer(nn.Module):
    def __init__(self, width, heads, mlp):
        super().__init__()
        self.heads = heads
        self.query, self.key, self.value, self.out = (nn.Linear(width, width) for _ in range(4))
        self.up, self.down = nn.Linear(width, mlp), nn.Linear(mlp, width)
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)

    def forward(self, x, mask):
        q, k, v = (split_heads(project(x), self.heads)
                   for project in (self.query, self.key, self.value))
        scores = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1]) + mask
        x = self.norm1(x + self.out(merge_heads(scores.softmax(-1) @ v)))
        return self.norm2(x + self.down(nn.functional.gelu(self.up(x))))


class Bert(nn.Module):
    """Token ids and a mask [batch, length] -> the pooled first token [batch, width]."""

    def __init__(self, vocabulary, positions, layers, heads, width, mlp):
        super().__init__()
        self.words, self.types = nn.Embedding(vocabulary, width), nn.Embedding(2, width)
        self.positions = nn.Embedding(positions, width)
        self.register_buffer("places", torch.arange(positions).expand((1, -1)))
        self.norm = nn.LayerNorm(width)
        self.layers = nn.ModuleList(BertLayer(width, heads, mlp) for _ in range(layers))
        self.pool = nn.Linear(width, width)

    def forward(self, ids, mask):
        types = torch.zeros(ids.shape, dtype=torch.long)
        x = self.words(ids) + self.types(types) + self.positions(self.places[:, :ids.shape[1]])
        x = self.norm(x)
        mask = (1.0 - mask[:, None, None, :].to(x.dtype)) * torch.finfo(x.dtype).min
        for layer in self.layers:
            x = layer(x, mask)
        return torch.tanh(self.pool(x[:, 0]))


class TransposedLinear(nn.Module):
    """GPT-2's "Conv1D": a linear layer that stores its weights the other way round."""

    def __init__(self, out, width):
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.randn(width, out)), nn.Parameter(torch.zeros(out))

    def forward(self, x):
        y = torch.addmm(self.bias, x.view(-1, x.size(-1)), self.weight)
        return y.view(x.size()[:-1] + (self.bias.shape[0],))


class Gpt2Layer(nn.Module):
    def __init__(self, width, heads, positions):
        super().__init__()
        self.heads, self.width = heads, width
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attend, self.out = TransposedLinear(3 * width, width), TransposedLinear(width, width)
        self.up, self.down = TransposedLinear(4 * width, width), TransposedLinear(width, 4 * width)
        causal = torch.tril(torch.ones((positions, positions), dtype=torch.bool))
        self.register_buffer("causal", causal.view(1, 1, positions, positions))

    def forward(self, x):
        q, k, v = (split_heads(part, self.heads)
                   for part in self.attend(self.norm1(x)).split(self.width, dim=2))
        scores = q @ k.transpose(-1, -2) / (v.size(-1) ** 0.5)
        length, of = q.size(-2), k.size(-2)
        causal = self.causal[:, :, of - length:of, :of]
        scores = torch.where(causal, scores, torch.finfo(scores.dtype).min)
        x = x + self.out(merge_heads(scores.softmax(-1) @ v))
        h = self.up(self.norm2(x))
        h = 0.5 * h * (1.0 + torch.tanh(math.sqrt(2 / math.pi) * (h + 0.044715 * torch.pow(h, 3.0))))
        return x + self.down(h)


class Gpt2(nn.Module):
    """Token ids [batch, length] -> logits [batch, length, vocabulary], by tied embeddings."""

    def __init__(self, vocabulary, positions, layers, heads, width):
        super().__init__()
        self.words, self.positions = nn.Embedding(vocabulary, width), nn.Embedding(positions, width)
        self.layers = nn.ModuleList(Gpt2Layer(width, heads, positions) for _ in range(layers))
        self.norm = nn.LayerNorm(width)

    def forward(self, ids):
        ids = ids.view(-1, ids.shape[-1])
        places = torch.arange(0, ids.shape[-1], dtype=torch.long).unsqueeze(0)
        x = self.words(ids) + self.positions(places)
        for layer in self.layers:
            x = layer(x)
        return self.norm(x) @ self.words.weight.t()


class RmsNorm(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x):
        return self.weight * (x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6))


class T5Attention(nn.Module):
    def __init__(self, width, heads, head, has_bias=False):
        super().__init__()
        self.heads = heads
        inner = heads * head
        self.query, self.key, self.value = (nn.Linear(width, inner, bias=False) for _ in range(3))
        self.out = nn.Linear(inner, width, bias=False)
        self.bias = nn.Embedding(32, heads) if has_bias else None

    @staticmethod
    def buckets(distance, both_ways):
        """T5's relative positions: near ones exactly, far ones by their logarithm, in 32 buckets."""
        count = 32
        bucket = 0
        if both_ways:
            count //= 2
            bucket = (distance > 0).to(torch.long) * count
            distance = torch.abs(distance)
        else:
            distance = -torch.min(distance, torch.zeros_like(distance))
        exact = count // 2
        far = exact + (torch.log(distance.float() / exact) / math.log(128 / exact)
                       * (count - exact)).to(torch.long)
        far = torch.min(far, torch.full_like(far, count - 1))
        return bucket + torch.where(distance < exact, distance, far)

    def position_bias(self, length, of, both_ways):
        distance = torch.arange(of)[None, :] - torch.arange(length)[:, None]
        return self.bias(self.buckets(distance, both_ways)).permute(2, 0, 1).unsqueeze(0)

    def forward(self, x, source, bias):
        q = split_heads(self.query(x), self.heads)
        k, v = (split_heads(project(source), self.heads) for project in (self.key, self.value))
        scores = q @ k.transpose(3, 2)
        if bias is not None:
            scores = scores + bias
        return self.out(merge_heads(scores.float().softmax(-1).type_as(scores) @ v))


class T5Block(nn.Module):
    def __init__(self, width, heads, head, mlp, crosses, is_first):
        super().__init__()
        self.own = T5Attention(width, heads, head, has_bias=is_first)
        self.cross = T5Attention(width, heads, head) if crosses else None
        self.up, self.down = nn.Linear(width, mlp, bias=False), nn.Linear(mlp, width, bias=False)
        self.norms = nn.ModuleList(RmsNorm(width) for _ in range(3))

    def forward(self, x, source, bias):
        h = self.norms[0](x)
        x = x + self.own(h, h, bias)
        if self.cross is not None:
            x = x + self.cross(self.norms[1](x), source, None)
        return x + self.down(torch.relu(self.up(self.norms[2](x))))


class T5(nn.Module):
    """Ids [batch, length] and those written so far [batch, written] -> logits of the latter."""

    def __init__(self, vocabulary, layers, heads, head, width, mlp):
        super().__init__()
        self.words = nn.Embedding(vocabulary, width)
        shape = width, heads, head, mlp
        self.encoder = nn.ModuleList(T5Block(*shape, False, i == 0) for i in range(layers))
        self.decoder = nn.ModuleList(T5Block(*shape, True, i == 0) for i in range(layers))
        self.norms = nn.ModuleList(RmsNorm(width) for _ in range(2))
        self.head = nn.Linear(width, vocabulary, bias=False)

    def forward(self, ids, written):
        x = self.words(ids)
        bias = self.encoder[0].own.position_bias(x.shape[1], x.shape[1], True)
        for block in self.encoder:
            x = block(x, None, bias)
        source = self.norms[0](x)
        y = self.words(written)
        length = y.shape[1]
        bias = self.decoder[0].own.position_bias(length, length, False)
        places = torch.arange(length)
        causal = (places[None, :] <= places[:, None])[None, None].to(y.dtype)
        bias = bias + (1.0 - causal) * torch.finfo(y.dtype).min
        for block in self.decoder:
            y = block(y, source, bias)
        return self.head(self.norms[1](y))


def ids(*shape):
    return torch.zeros(shape, dtype=torch.long)


def build(name):
    """The network, inputs as examples, and their open axes."""
    size = SIZES[name]
    if name in ("vit", "swin"):
        image = torch.zeros(2, 3, size["image"], size["image"])
        if name == "vit":
            net = torchvision.models.VisionTransformer(
                size["image"], size["patch"], size["layers"], size["heads"], size["width"],
                size["mlp"], num_classes=size["classes"])
        else:
            net = torchvision.models.SwinTransformer(
                [size["patch"]] * 2, size["width"], size["depths"], size["heads"],
                [size["window"]] * 2, size["mlp_ratio"], num_classes=size["classes"])
        return net, {"image": image}, {0: "batch"}
    inputs = {"ids": ids(2, 16)}
    if name == "bert":
        inputs["mask"] = torch.ones(2, 16)
    if name == "t5":
        inputs["written"] = ids(2, 8)
    net = {"bert": Bert, "gpt2": Gpt2, "t5": T5}[name](**size)
    return net, inputs, {0: "batch", 1: "length"}


def export(name, path, *, opset=13, dynamic=False, dtype=None, dynamo=None):
    """Writes it for a batch of 2 and 16 tokens (8 written), or with these left open; `dtype` is
    that of weights. PyTorch 2.x has two exporters: `dynamo` says which.
    """
    torch.manual_seed(1)
    net, inputs, axes = build(name)
    if dtype is not None:
        net = net.to(dtype)
        inputs = {key: x.to(dtype) if x.is_floating_point() else x for key, x in inputs.items()}
    open_axes = {key: {at: "so_far" if (key, at) == ("written", 1) else axis
                       for at, axis in axes.items()} for key in inputs}
    options = {"dynamic_axes": open_axes if dynamic else None}
    if dynamo is not None:
        options["dynamo"] = dynamo
    if dynamo and dynamic:
        dims = {axis: torch.export.Dim(axis) for axis in ("batch", "length", "so_far")}
        shapes = tuple({at: dims[axis] for at, axis in each.items()} for each in open_axes.values())
        options = {"dynamo": True, "dynamic_shapes": shapes}
    unfinished = f"{path}.part"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # Gradients stay on: without them attention takes a fused path that cannot be exported.
        torch.onnx.export(net.eval(), tuple(inputs.values()), unfinished, input_names=list(inputs),
                          output_names=["output"], opset_version=opset, **options)
    os.replace(unfinished, path)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name", choices=SIZES)
    parser.add_argument("path", help="the file to write")
    parser.add_argument("--opset", type=int, default=13)
    parser.add_argument("--dynamic", action="store_true", help="leave batch and lengths open")
    arguments = parser.parse_args()
    export(arguments.name, arguments.path, opset=arguments.opset, dynamic=arguments.dynamic)


if __name__ == "__main__":
    main()
