#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes a network of torchvision with random weights as an ONNX file; vgg16's has 550 MB.

Needs torch and torchvision: on Debian, python3-torch, python3-torchvision and /usr/bin/python3.
"""
import argparse
import contextlib
import os
import unittest.mock
import warnings


def without_initialisation(torch):
    """Leaves new weights as memory happened to be: half the time of building a large network."""
    skipped = contextlib.ExitStack()
    for name in dir(torch.nn.init):
        if name.endswith("_") and not name.startswith("_"):
            keep = unittest.mock.patch.object(torch.nn.init, name, lambda tensor, *_, **__: tensor)
            skipped.enter_context(keep)
    return skipped


def zero(graph, tensor):
    """Swin v2 sets a third of a bias to zero, an operator that PyTorch 1.13 does not export."""
    import torch

    return graph.op("Mul", tensor, graph.op("Constant", value_t=torch.tensor(0.0)))


def export(name, path, *, opset=13, batch=1, side=224, dynamic=(), keep_batchnorm=False,
           initialise=True, dynamo=None):
    """Writes the network as PyTorch exports it; `dynamic` names the axes of the input left open.
    PyTorch 2.x has two exporters: `dynamo` says which.

    Batch normalisation melts into convolutions unless `keep_batchnorm`. A vision transformer is
    built for images of `side`; every other network takes them as it is.
    """
    import torch
    import torchvision

    with warnings.catch_warnings(), \
            contextlib.nullcontext() if initialise else without_initialisation(torch):
        warnings.simplefilter("ignore")
        options = {"image_size": side} if name.startswith("vit") else {}
        model = getattr(torchvision.models, name)(weights=None, **options).eval()
    # The exporter stores equal tensors once, and networks without training are full of those.
    for index, tensor in enumerate(model.state_dict().values(), start=1):
        if tensor.is_floating_point():
            tensor.view(-1)[0] = index
    axes = {index: axis for index, axis in enumerate(("batch", "channels", "height", "width"))
            if axis in dynamic}
    if keep_batchnorm:
        as_is = {"training": torch.onnx.TrainingMode.PRESERVE, "do_constant_folding": False}
    else:
        as_is = {}
    if dynamo is not None:
        as_is["dynamo"] = dynamo
    if dynamo and axes:
        as_is["dynamic_shapes"] = ({index: torch.export.Dim(axis) for index, axis in axes.items()},)
    elif axes:
        as_is["dynamic_axes"] = {"input": axes}
    torch.onnx.register_custom_op_symbolic("aten::zero", zero, 9)
    unfinished = f"{path}.part"
    # Without gradients a vision transformer takes a fused path that cannot be exported.
    with warnings.catch_warnings(), torch.set_grad_enabled(name.startswith("vit")):
        warnings.simplefilter("ignore")
        torch.onnx.export(
            model,
            torch.zeros(batch, 3, side, side),
            unfinished,
            input_names=["input"],
            output_names=["output"],
            opset_version=opset,
            **as_is,
        )
    os.replace(unfinished, path)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name", help="torchvision's name of the network, such as vgg16")
    parser.add_argument("path", help="the file to write")
    parser.add_argument("--batch", type=int, default=1, help="batch written into the file")
    parser.add_argument("--dynamic-batch", action="store_true", help="leave the batch open")
    parser.add_argument("--opset", type=int, default=13)
    arguments = parser.parse_args()
    export(arguments.name, arguments.path, opset=arguments.opset, batch=arguments.batch,
           dynamic=("batch",) if arguments.dynamic_batch else ())


if __name__ == "__main__":
    main()
