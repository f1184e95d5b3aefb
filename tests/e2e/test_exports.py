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
    """How one network is exported. Open axes are bound again to the zoo's 224x224."""

    name: str
    opset: int
    dynamic: tuple = ()
    side: int = 224
    keep_batchnorm: bool = False


OPEN = ("batch", "height", "width")
EXPORTS = [
    Export("alexnet", 9, dynamic=("batch",)),
    Export("vgg11_bn", 16, keep_batchnorm=True),
    Export("resnet18", 9, keep_batchnorm=True),
    Export("resnet50", 13, dynamic=OPEN, side=64),
    Export("resnext50_32x4d", 16, dynamic=OPEN, side=64, keep_batchnorm=True),
    Export("wide_resnet50_2", 13, dynamic=("batch",), keep_batchnorm=True),
    Export("squeezenet1_1", 9, dynamic=("batch",)),
    Export("squeezenet1_1", 16),
    Export("mobilenet_v2", 9, dynamic=("batch",)),
    Export("mobilenet_v2", 13, dynamic=OPEN, side=64, keep_batchnorm=True),
]
BATCH = 4
VGG16_FILE_BYTES = 138_357_544 * 4  # its weights in f32


def has_batchnorm(counted):
    return any(layer["type"] == "batchnorm2d" for layer in counted["layers"])


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
        for case in EXPORTS:
            with self.subTest(**dataclasses.asdict(case)):
                self.check_export(case)

    def check_export(self, case):
        path = self.folder / "export.onnx"
        self.export(case.name, path, opset=case.opset, side=case.side, dynamic=case.dynamic,
                    keep_batchnorm=case.keep_batchnorm, initialise=False)
        bind = ("--shape", f"input={BATCH}x3x224x224") if "height" in case.dynamic else ()
        exported = self.layers(path, *bind)
        path.unlink()
        known = self.layers(case.name)
        self.assertEqual([], [layer for layer in exported["layers"] if layer["type"] == "unknown"])
        self.assertEqual((known["batch"], known["macs"]), (exported["batch"], exported["macs"]))
        self.assertEqual(case.keep_batchnorm and has_batchnorm(known), has_batchnorm(exported))
        if case.keep_batchnorm or not has_batchnorm(known):
            self.assertEqual(known["params"], exported["params"])

    def test_a_file_of_550_mb_is_read_in_a_few_megabytes(self):
        path = self.folder / "vgg16.onnx"
        self.export("vgg16", path, initialise=False)
        self.assertGreater(path.stat().st_size, VGG16_FILE_BYTES)
        result = measure("estimate", path, "--batch", "8", "--format", "json")
        self.assert_done(result)
        self.assertEqual(138_357_544, json.loads(result.stdout)["params"])
        self.assertEqual(self.layers("vgg16")["macs"], self.layers(path)["macs"])
        self.assertLess(result.peak_bytes, 20e6)
