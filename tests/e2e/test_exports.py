# SPDX-License-Identifier: Apache-2.0
"""Files as PyTorch exports them say the same as the zoo: same MACs, same weights, nothing unknown.

The zoo and the exporter know a network from independent sources, so they check each other.
"""

import dataclasses
import json
import sys

import harness
from harness import TestCase, measure, run

sys.path.insert(0, str(harness.ROOT / "tests"))


@dataclasses.dataclass
class Export:
    """How one network is exported. Open heights and widths are bound again, to 224."""

    name: str
    opset: int
    side: int = 64  # small images are exported quickly
    dynamic: tuple = ()
    keep_batchnorm: bool = False

    def shape(self):
        side = 224 if "height" in self.dynamic else self.side
        return f"input={BATCH}x3x{side}x{side}"


OPEN = ("batch", "height", "width")
EXPORTS = [
    Export("alexnet", 9, side=224, dynamic=("batch",)),
    Export("convnext_small", 13),
    Export("convnext_tiny", 17, dynamic=("batch",)),
    Export("densenet121", 13, keep_batchnorm=True),
    Export("efficientnet_b0", 16, dynamic=OPEN),
    Export("efficientnet_b1", 9),
    Export("efficientnet_b2", 13),
    Export("efficientnet_v2_s", 13),
    Export("googlenet", 13, keep_batchnorm=True),
    Export("inception_v3", 13, side=299, keep_batchnorm=True),
    Export("maxvit_t", 13, side=224, dynamic=("batch",), keep_batchnorm=True),
    Export("mnasnet0_5", 9),
    Export("mnasnet0_75", 13),
    Export("mnasnet1_0", 16, dynamic=OPEN),
    Export("mnasnet1_3", 13, keep_batchnorm=True),
    Export("mobilenet_v2", 9, dynamic=("batch",)),
    Export("mobilenet_v2", 13, dynamic=OPEN, keep_batchnorm=True),
    Export("mobilenet_v3_large", 14),
    Export("mobilenet_v3_small", 13, dynamic=OPEN, keep_batchnorm=True),
    Export("regnet_x_1_6gf", 13),
    Export("regnet_x_3_2gf", 16),
    Export("regnet_x_400mf", 9, dynamic=OPEN),
    Export("regnet_x_800mf", 13, keep_batchnorm=True),
    Export("regnet_y_1_6gf", 9),
    Export("regnet_y_400mf", 16, dynamic=OPEN),
    Export("regnet_y_800mf", 13, keep_batchnorm=True),
    Export("resnet18", 9, keep_batchnorm=True),
    Export("resnet34", 13),
    Export("resnet50", 13, dynamic=OPEN),
    Export("resnext50_32x4d", 16, dynamic=OPEN, keep_batchnorm=True),
    Export("shufflenet_v2_x0_5", 9),
    Export("shufflenet_v2_x1_0", 13, dynamic=OPEN),
    Export("shufflenet_v2_x1_5", 16),
    Export("shufflenet_v2_x2_0", 13, keep_batchnorm=True),
    Export("squeezenet1_0", 13),
    Export("squeezenet1_1", 9, side=224, dynamic=("batch",)),
    Export("squeezenet1_1", 16),
    Export("swin_s", 13, dynamic=("batch",)),
    Export("swin_t", 13, dynamic=("batch",)),
    Export("swin_t", 17, side=224, dynamic=("batch",)),
    Export("swin_v2_t", 13, dynamic=("batch",)),
    Export("vgg11_bn", 16, side=224, keep_batchnorm=True),
    Export("vit_b_16", 13, dynamic=("batch",)),
    Export("vit_b_32", 17, side=224, dynamic=("batch",)),
    Export("wide_resnet50_2", 13, dynamic=("batch",), keep_batchnorm=True),
]
BATCH = 4
VGG16_FILE_BYTES = 138_357_544 * 4  # its weights in f32


# PyTorch computes these in every run; in a file they depend on nothing but weights.
COMPUTED_BIASES = ".cpb_mlp."
# A file holds relative biases as they are looked up, once for each pair of tokens.
LOOKS_UP_BIASES = ("swin", "maxvit")


def has_batchnorm(counted):
    return any(layer["type"] == "batchnorm2d" for layer in counted["layers"])


def total(counted, what, condition):
    return sum(layer[what] for layer in counted["layers"] if condition(layer))


class Exports(TestCase):
    def setUp(self):
        super().setUp()
        if harness.IS_SLOW_BUILD:
            self.skipTest("built with sanitizers: the plain build's tests read the same files")
        try:
            import torch  # noqa: F401
            import torchvision  # noqa: F401
        except ImportError as error:
            self.skipTest(f"{error}: needs python3-torch and python3-torchvision")
        import export_torchvision
        self.export = export_torchvision.export

    def layers(self, model, *arguments):
        result = run("layers", model, "--batch", str(BATCH), *arguments, "--format", "json")
        self.assert_done(result)
        return json.loads(result.stdout)

    def test_exports_count_as_the_zoo_does(self):
        self.assertGreaterEqual(len({case.name for case in EXPORTS}), 40)
        for case in EXPORTS:
            with self.subTest(**dataclasses.asdict(case)):
                self.check_export(case)

    def check_export(self, case):
        path = self.folder / "export.onnx"
        self.export(case.name, path, opset=case.opset, side=case.side, dynamic=case.dynamic,
                    keep_batchnorm=case.keep_batchnorm, initialise=False)
        exported = self.layers(path, *(("--shape", case.shape()) if case.dynamic else ()))
        path.unlink()
        known = self.layers(case.name, "--shape", case.shape())
        self.assertEqual([], [layer for layer in exported["layers"] if layer["type"] == "unknown"])
        macs = known["macs"] - total(known, "macs", lambda layer: COMPUTED_BIASES in layer["name"])
        self.assertEqual((known["batch"], macs), (exported["batch"], exported["macs"]))
        self.assertEqual(case.keep_batchnorm and has_batchnorm(known), has_batchnorm(exported))
        if case.name.startswith(LOOKS_UP_BIASES):
            return
        if case.keep_batchnorm or not has_batchnorm(known):
            idle = total(known, "params", lambda layer: layer["type"] == "trainingonly")
            self.assertEqual(known["params"] - idle, exported["params"])

    def test_a_file_of_550_mb_is_read_in_a_few_megabytes(self):
        path = self.folder / "vgg16.onnx"
        self.export("vgg16", path, initialise=False)
        self.assertGreater(path.stat().st_size, VGG16_FILE_BYTES)
        result = measure("estimate", path, "--batch", "8", "--format", "json")
        self.assert_done(result)
        self.assertEqual(138_357_544, json.loads(result.stdout)["params"])
        self.assertEqual(self.layers("vgg16")["macs"], self.layers(path)["macs"])
        self.assertLess(result.peak_bytes, 20e6)
