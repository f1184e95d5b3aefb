#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes torchvision's vgg16 with random weights as an ONNX file of 550 MB.

Needs torch and torchvision: on Debian, python3-torch, python3-torchvision and /usr/bin/python3.
"""
import argparse
import os
import warnings


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("path", help="the file to write")
    parser.add_argument("--batch", type=int, default=1, help="batch written into the file")
    parser.add_argument("--dynamic-batch", action="store_true", help="leave the batch open")
    parser.add_argument("--opset", type=int, default=13)
    arguments = parser.parse_args()

    import torch
    import torchvision

    model = torchvision.models.vgg16(weights=None).eval()
    axes = {"input": {0: "batch"}, "output": {0: "batch"}} if arguments.dynamic_batch else None
    unfinished = arguments.path + ".part"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            model,
            torch.zeros(arguments.batch, 3, 224, 224),
            unfinished,
            input_names=["input"],
            output_names=["output"],
            dynamic_axes=axes,
            opset_version=arguments.opset,
        )
    os.replace(unfinished, arguments.path)


if __name__ == "__main__":
    main()
