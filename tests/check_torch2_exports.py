#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Exports networks by both exporters of PyTorch 2.x and counts them.

check_torch2_exports.py PROGRAM [NAME...]   those, or 40 networks of torchvision and transformers

A network of torchvision must have the zoo's own MACs, a transformer those counted by hand, and no
file an operator that is unknown. Networks take turns at versions of operators and open batches.
"""

import concurrent.futures
import contextlib
import dataclasses
import io
import json
import multiprocessing
import pathlib
import subprocess
import sys
import tempfile
import warnings

import torch

import export_torchvision
import export_transformers
from count_transformers import COUNTED

BATCH, OPEN_BATCH, SIDE = 2, 3, 64
NETWORKS = """alexnet convnext_tiny convnext_small convnext_base densenet121 densenet161 densenet169
    efficientnet_b0 efficientnet_b1 efficientnet_b2 efficientnet_v2_s googlenet inception_v3 maxvit_t
    mnasnet0_5 mnasnet1_3 mobilenet_v2 mobilenet_v3_large mobilenet_v3_small regnet_x_1_6gf
    regnet_x_400mf regnet_y_400mf regnet_y_800mf resnet18 resnet50 resnet101 resnext50_32x4d
    shufflenet_v2_x0_5 shufflenet_v2_x1_0 squeezenet1_0 squeezenet1_1 swin_t swin_s swin_v2_t vgg11
    vgg13_bn vgg16 vit_b_16 vit_b_32 wide_resnet50_2""".split()
# TorchScript exports adaptive pooling only where windows are equal.
SIDES = {"inception_v3": 299, "maxvit_t": 224, "alexnet": 224, "vgg11": 224, "vgg13_bn": 224,
         "vgg16": 224}
# PyTorch computes these in every run; in a file they depend on nothing but weights.
COMPUTED_BIASES = ".cpb_mlp."
LENGTHS = {"bert": {"length": 16}, "gpt2": {"length": 16}, "t5": {"length": 16, "so_far": 8}}
OPEN_LENGTHS = {"bert": {"length": 24}, "gpt2": {"length": 24}, "t5": {"length": 24, "so_far": 5}}
EXPORTERS = {False: "TorchScript", True: "dynamo"}
OPSETS = {False: range(18, 21), True: range(18, 24)}  # that each exporter writes
PROCESSES = 2


@dataclasses.dataclass
class Export:
    """One file: of a network of torchvision or of a transformer."""

    name: str
    dynamo: bool
    opset: int
    dynamic: bool = False
    dtype: str = "float32"

    def __str__(self):
        said = f"{self.name} by {EXPORTERS[self.dynamo]}, opset {self.opset}"
        said += "" if self.dtype == "float32" else f", {self.dtype}"
        return said + (", open batch" if self.dynamic else "")

    def is_transformer(self):
        return self.name in COUNTED


def all_exports(names):
    exports = []
    for at, name in enumerate(names):
        if name in COUNTED:
            continue
        for dynamo, opsets in OPSETS.items():
            exports.append(Export(name, dynamo, opsets[at % len(opsets)], dynamic=at % 2 == 1))
    for name in COUNTED:
        if name not in names:
            continue
        exports += [Export(name, dynamo, opset, dynamic=opset % 2 == 1)
                    for dynamo, opsets in OPSETS.items() for opset in opsets]
        exports += [Export(name, dynamo, 18, dtype=dtype)
                    for dynamo in OPSETS for dtype in ("float16", "bfloat16")]
    return exports


def count(program, model, *arguments):
    done = subprocess.run([program, "layers", model, *arguments, "--format", "json"],
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip())
    return json.loads(done.stdout)


def check_network(program, export, path):
    """What differs from the zoo's network."""
    side = SIDES.get(export.name, SIDE)
    export_torchvision.export(export.name, path, opset=export.opset, batch=BATCH, side=side,
                              dynamic=("batch",) if export.dynamic else (), initialise=False,
                              dynamo=export.dynamo)
    batch = OPEN_BATCH if export.dynamic else BATCH
    exported = count(program, path, "--batch", str(batch))
    known = count(program, export.name, "--shape", f"input={batch}x3x{side}x{side}")
    macs = known["macs"] - sum(layer["macs"] for layer in known["layers"]
                               if COMPUTED_BIASES in layer["name"])
    wrong = []
    if exported["macs"] != macs:
        wrong.append(f"{exported['macs']} MACs, the zoo has {macs}")
    convolutions = {layer["name"] for layer in known["layers"] if layer["type"] == "conv2d"}
    if export.dynamo:
        convolutions -= {layer["name"].removesuffix(".Conv") for layer in exported["layers"]}
        if convolutions:
            wrong.append(f"no layer is called {min(convolutions)}")
    return exported, wrong


def check_transformer(program, export, path):
    """What differs from the count by hand."""
    dtype = getattr(torch, export.dtype)
    export_transformers.export(export.name, path, opset=export.opset, dynamic=export.dynamic,
                               dtype=dtype, dynamo=export.dynamo)
    batch = OPEN_BATCH if export.dynamic else BATCH
    lengths = (OPEN_LENGTHS if export.dynamic else LENGTHS).get(export.name, {})
    shapes = [word for key, value in lengths.items() if export.dynamic
              for word in ("--shape", f"{key}={value}")]
    exported = count(program, path, "--batch", str(batch), *shapes)
    macs = COUNTED[export.name](batch, **lengths, **export_transformers.SIZES[export.name])
    wrong = [] if exported["macs"] == macs else [f"{exported['macs']} MACs, by hand {macs}"]
    short = {"float32": "f32", "float16": "f16", "bfloat16": "bf16"}[export.dtype]
    multiplied = {layer["spec"] for layer in exported["layers"] if layer["macs"] > 0}
    others = sorted(spec for spec in multiplied if f"dtype={short}" not in spec.split())
    if others:
        wrong.append(f"no {short}: {others[0]}")
    return exported, wrong


def check(program, export):
    """What is wrong with one file; empty if nothing is."""
    torch.set_num_threads(1)
    check_it = check_transformer if export.is_transformer() else check_network
    with tempfile.TemporaryDirectory(prefix="joulecast-exports-") as folder, \
            warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        try:
            exported, wrong = check_it(program, export, pathlib.Path(folder) / "net.onnx")
        except Exception as error:  # pylint: disable=broad-except
            return [f"{type(error).__name__}: {str(error)[-500:]}"]
    unknown = {layer["op"] for layer in exported["layers"] if layer["type"] == "unknown"}
    wrong += [f"unknown operators {', '.join(sorted(unknown))}"] if unknown else []
    return wrong + exported["warnings"]


def main():
    program = str(pathlib.Path(sys.argv[1]).absolute())
    names = sys.argv[2:] or [*NETWORKS, *COUNTED]
    exports = all_exports(names)
    failures = 0
    processes = concurrent.futures.ProcessPoolExecutor(
        PROCESSES, mp_context=multiprocessing.get_context("spawn"))
    with processes:
        for export, wrong in zip(exports, processes.map(check, [program] * len(exports), exports)):
            failures += bool(wrong)
            print(f"{export}: {'; '.join(wrong) or 'ok'}", flush=True)
    print(f"{len(names)} networks in {len(exports)} files of PyTorch {torch.__version__}, "
          f"{failures} count otherwise")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
