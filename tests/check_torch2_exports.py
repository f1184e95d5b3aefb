#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Exports networks of torchvision by both exporters of PyTorch 2.x and counts them.

check_torch2_exports.py PROGRAM [NAME...]   those networks, or 40 of all families

Each file must have the zoo's own MACs and no operator that is unknown.
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import warnings

import torch

import export_torchvision

BATCH, SIDE = 2, 64
NETWORKS = """alexnet convnext_tiny convnext_small convnext_base densenet121 densenet161 densenet169
    efficientnet_b0 efficientnet_b1 efficientnet_b2 efficientnet_v2_s googlenet inception_v3 maxvit_t
    mnasnet0_5 mnasnet1_3 mobilenet_v2 mobilenet_v3_large mobilenet_v3_small regnet_x_1_6gf
    regnet_x_400mf regnet_y_400mf regnet_y_800mf resnet18 resnet50 resnet101 resnext50_32x4d
    shufflenet_v2_x0_5 shufflenet_v2_x1_0 squeezenet1_0 squeezenet1_1 swin_t swin_s swin_v2_t vgg11
    vgg13_bn vgg16 vit_b_16 vit_b_32 wide_resnet50_2""".split()
SIDES = {"inception_v3": 299, "maxvit_t": 224}
# PyTorch computes these in every run; in a file they depend on nothing but weights.
COMPUTED_BIASES = ".cpb_mlp."


def count(program, model, *arguments):
    done = subprocess.run([program, "layers", model, *arguments, "--format", "json"],
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip())
    return json.loads(done.stdout)


def check(program, name, dynamo, folder):
    """What is wrong with one file; empty if nothing is."""
    side = SIDES.get(name, SIDE)
    path = pathlib.Path(folder) / "net.onnx"
    export_torchvision.export(name, path, opset=18, batch=BATCH, side=side, initialise=False,
                              dynamo=dynamo)
    exported = count(program, path)
    known = count(program, name, "--shape", f"input={BATCH}x3x{side}x{side}")
    unknown = {layer["op"] for layer in exported["layers"] if layer["type"] == "unknown"}
    macs = known["macs"] - sum(layer["macs"] for layer in known["layers"]
                               if COMPUTED_BIASES in layer["name"])
    wrong = [f"unknown operators {', '.join(sorted(unknown))}"] if unknown else []
    if exported["macs"] != macs:
        wrong.append(f"{exported['macs']} MACs, the zoo has {macs}")
    return wrong


def main():
    program = str(pathlib.Path(sys.argv[1]).absolute())
    names = sys.argv[2:] or NETWORKS
    warnings.simplefilter("ignore")
    failures = 0
    for name in names:
        for dynamo in (False, True):
            exporter = "dynamo" if dynamo else "TorchScript"
            with tempfile.TemporaryDirectory(prefix="joulecast-exports-") as folder:
                try:
                    wrong = check(program, name, dynamo, folder)
                except Exception as error:  # pylint: disable=broad-except
                    wrong = [f"{type(error).__name__}: {error}"]
            failures += bool(wrong)
            print(f"{name} by {exporter}: {'; '.join(wrong) or 'ok'}", flush=True)
    print(f"{len(names)} networks by both exporters of PyTorch {torch.__version__}, "
          f"{failures} files count otherwise")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
