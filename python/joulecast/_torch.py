# SPDX-License-Identifier: Apache-2.0
"""A torch.nn.Module as ONNX, in memory. Who has a module has imported torch: we never do alone."""

from __future__ import annotations

import contextlib
import inspect
import io
import threading
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

from ._errors import InputError, UsageError

# torch.onnx keeps its state in globals: one export at a time.
_lock = threading.Lock()
_MOST_BYTES = 2**31 - 1  # protobuf's limit, and so that of an ONNX model without further files


def _arguments(example_input: object) -> tuple[Any, ...]:
    """As torch.onnx.export takes them: keyword arguments are a dict in the last place."""
    if example_input is None:
        raise UsageError("a torch.nn.Module needs example_input=, such as "
                         "torch.zeros(1, 3, 224, 224): shapes come from running it once")
    if isinstance(example_input, Mapping):
        return (dict(example_input),)
    if isinstance(example_input, (tuple, list)):
        # What stands last and is a dict would be taken for keyword arguments.
        last_is_dict = bool(example_input) and isinstance(example_input[-1], Mapping)
        return (*example_input, {}) if last_is_dict else tuple(example_input)
    return (example_input,)


def _open_batch(torch: Any, arguments: tuple[Any, ...], batch: int | None) -> dict[str, Any]:
    """Options that leave the leading extent open, where another batch is asked for."""
    if not all(isinstance(each, torch.Tensor) and each.dim() > 0 for each in arguments):
        if batch is None:
            return {}
        raise UsageError("batch= goes with an example_input of tensors only: give an example input "
                         "of that batch instead")
    own = arguments[0].shape[0] if arguments else None
    if batch is None or batch == own:
        return {}
    names = [f"input_{index}" for index in range(len(arguments))]
    return {"input_names": names,
            "dynamic_axes": {name: {0: "batch"} for name, each in zip(names, arguments)
                             if each.shape[0] == own}}


@contextlib.contextmanager
def _evaluating(module: Any) -> Iterator[None]:
    """Evaluation mode, and each part's own mode again afterwards."""
    modes = [(part, part.training) for part in module.modules()]
    module.eval()
    try:
        yield
    finally:
        for part, training in modes:
            part.training = training


def _check_size(module: Any) -> None:
    tensors = [*module.parameters(), *module.buffers()]
    total = sum(each.numel() * each.element_size() for each in tensors)
    if total > _MOST_BYTES:
        raise UsageError(f"{type(module).__name__} has {total / 1e9:.1f} GB of weights, more than "
                         "an ONNX model in memory can hold (2 GB): export it to a file with "
                         "torch.onnx.export, and give its path")


def export(module: Any, example_input: object, batch: int | None) -> bytes:
    """The module's ONNX model, as it runs: no batch normalisation melts into a convolution.

    Runs it once, without gradients. Raises UsageError for an example input that cannot be one,
    InputError if torch cannot export the module.
    """
    import torch

    arguments = _arguments(example_input)
    _check_size(module)
    options: dict[str, Any] = {"training": torch.onnx.TrainingMode.PRESERVE,
                               "do_constant_folding": False,
                               **_open_batch(torch, arguments, batch)}
    if "dynamo" in inspect.signature(torch.onnx.export).parameters:
        options["dynamo"] = False  # the other exporter needs packages that torch does not bring
    file = io.BytesIO()
    with _lock, _evaluating(module), torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the exporter's own making
        try:
            torch.onnx.export(module, arguments, file, **options)
        except Exception as error:
            raise InputError(
                f"torch {torch.__version__} cannot export {type(module).__name__} to ONNX: "
                f"{error}; try torch.onnx.export by itself, and give the file's path") from error
    return file.getvalue()
