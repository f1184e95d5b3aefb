# SPDX-License-Identifier: Apache-2.0
"""Transformers as PyTorch exports them: every operator known, MACs as counted by hand."""

import json
import sys

import harness
from harness import TestCase, run

sys.path.insert(0, str(harness.ROOT / "tests"))

from count_transformers import COUNTED  # noqa: E402

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
