# SPDX-License-Identifier: Apache-2.0
"""Transformers as PyTorch exports them: every operator known, MACs as counted here by hand.

A weight of in x out takes in * out MACs a token; attention takes length * width for the scores of
a token and as many for their sum over the values.
"""

import json
import sys

import harness
from harness import TestCase, run

sys.path.insert(0, str(harness.ROOT / "tests"))


def attention(queries, keys, width):
    return 2 * queries * keys * width


def vit(batch, image, patch, layers, heads, width, mlp, classes):
    patches = (image // patch) ** 2
    tokens = patches + 1  # the class token
    layer = tokens * (4 * width**2 + 2 * width * mlp) + attention(tokens, tokens, width)
    return batch * (patches * 3 * patch**2 * width + layers * layer + width * classes)


def swin(batch, image, patch, width, depths, heads, window, mlp_ratio, classes):
    tokens = (image // patch) ** 2
    macs = tokens * 3 * patch**2 * width
    for stage, depth in enumerate(depths):
        if stage > 0:  # four tokens become one of twice the width
            tokens, width = tokens // 4, 2 * width
            macs += tokens * 2 * width * width
        block = tokens * (4 * width**2 + 2 * width * mlp_ratio * width)
        macs += depth * (block + attention(tokens, window**2, width))
    return batch * (macs + width * classes)


def bert(batch, length, layers, width, mlp, **_):
    layer = length * (4 * width**2 + 2 * width * mlp) + attention(length, length, width)
    return batch * (layers * layer + width**2)  # the pooler sees one token


def gpt2(batch, length, layers, width, vocabulary, **_):
    layer = length * (4 * width**2 + 8 * width**2) + attention(length, length, width)
    return batch * (layers * layer + length * width * vocabulary)


def t5(batch, length, so_far, layers, heads, head, width, mlp, vocabulary):
    inner = heads * head
    encoder = length * (4 * width * inner + 2 * width * mlp) + attention(length, length, inner)
    own = so_far * 4 * width * inner + attention(so_far, so_far, inner)
    cross = (2 * so_far + 2 * length) * width * inner + attention(so_far, length, inner)
    decoder = own + cross + so_far * 2 * width * mlp
    return batch * (layers * (encoder + decoder) + so_far * width * vocabulary)


COUNTED = {"vit": vit, "swin": swin, "bert": bert, "gpt2": gpt2, "t5": t5}
EXPORTED = {"vit": {}, "swin": {}, "bert": {"length": 16}, "gpt2": {"length": 16},
            "t5": {"length": 16, "so_far": 8}}
BOUND = {"vit": {}, "swin": {}, "bert": {"length": 24}, "gpt2": {"length": 24},
         "t5": {"length": 24, "so_far": 5}}


class Transformers(TestCase):
    def setUp(self):
        super().setUp()
        try:
            import torch  # noqa: F401
            import torchvision  # noqa: F401
        except ImportError as error:
            self.skipTest(f"{error}: needs python3-torch and python3-torchvision")
        import export_transformers
        self.exporter = export_transformers

    def check(self, name, opset, dynamic, lengths, *flags, batch):
        path = self.folder / "export.onnx"
        self.exporter.export(name, path, opset=opset, dynamic=dynamic)
        result = run("layers", path, *flags, "--format", "json")
        self.assert_done(result)
        said = json.loads(result.stdout)
        self.assertEqual([], said["warnings"])
        self.assertEqual([], [layer for layer in said["layers"] if layer["type"] == "unknown"])
        self.assertEqual(batch, said["batch"])
        self.assertEqual(COUNTED[name](batch, **lengths, **self.exporter.SIZES[name]), said["macs"])

    def test_fixed_shapes(self):
        for name, lengths in EXPORTED.items():
            with self.subTest(name=name):
                self.check(name, 13, False, lengths, batch=2)

    def test_open_axes_bound_by_flags(self):
        for name, lengths in BOUND.items():
            with self.subTest(name=name):
                shapes = [word for key, value in lengths.items()
                          for word in ("--shape", f"{key}={value}")]
                self.check(name, 17, True, lengths, "--batch", "3", *shapes, batch=3)
