# SPDX-License-Identifier: Apache-2.0
"""Models, devices and what is forecast of them."""

from __future__ import annotations

import json
import operator
import os
import sys
import warnings
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, overload

from . import _core, _torch
from ._core import Comparison, Device, Estimate, Layers, RequestEstimate
from ._errors import UsageError

Path = str | os.PathLike[str]
DeviceLike = str | os.PathLike[str] | Device | None
Shapes = Mapping[str, int | Sequence[int]] | Sequence[int] | str | None

# Keeps profiles and networks of the zoo that were asked for lately; threads may share it.
_library = _core.Library()


def _device(device: DeviceLike) -> str | Device | None:
    return device if device is None or isinstance(device, (str, Device)) else os.fspath(device)


def _whole(name: str, number: Any) -> int:
    """An integer of any kind: numpy has its own."""
    try:
        whole = operator.index(number)
    except TypeError:
        raise TypeError(f"{name} is a whole number, not {number!r}") from None
    if abs(whole) >= 2**63:
        raise OverflowError(f"{name} of {whole} is beyond 64 bits")
    return whole


def _whole_or_none(name: str, number: Any) -> int | None:
    return None if number is None else _whole(name, number)


def _extents(extents: Any) -> list[int]:
    try:
        parts = list(extents)
    except TypeError:  # a symbol's
        parts = [extents]
    return [_whole("each extent of shape=", part) for part in parts]


def _shapes(shape: Shapes) -> dict[str, Sequence[int]]:
    """By input or symbol; under "" that of the only input."""
    if shape is None:
        return {}
    if isinstance(shape, str):  # as the command takes it
        name, equals, extents = shape.rpartition("=")
        parts = extents.split("x")
        if not equals or not name or not all(part.isdecimal() for part in parts):
            raise UsageError(f"shape={shape!r}: write 'input=1x3x224x224' or 'seq=128', or give "
                             "a dict: {'input': (1, 3, 224, 224)}")
        return {name: [int(part) for part in parts]}
    if isinstance(shape, Mapping):
        return {name: _extents(extents) for name, extents in shape.items()}
    return {"": _extents(shape)}


def _request(name: Path, batch: int | None, shape: Shapes,
             dtype: str | None) -> _core.ModelRequest:
    return _core.ModelRequest(os.fspath(name), _whole_or_none("batch=", batch), _shapes(shape),
                              dtype or "")


def _is_torch_module(model: object) -> bool:
    # Whoever has a module has imported torch: nobody else has to wait for it.
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(model, torch.nn.Module)


class _Onnx(NamedTuple):
    """A model in memory, and what the core has to know about it."""

    data: bytes
    request: _core.ModelRequest
    runs_eagerly: bool


def _in_memory(model: object, batch: int | None, shape: Shapes, dtype: str | None,
               example_input: object) -> _Onnx | None:
    """The model as ONNX, if it is no name or path."""
    if isinstance(model, (str, os.PathLike)):
        if example_input is not None:
            raise UsageError("example_input= is for a torch.nn.Module; use shape= for a file")
        return None
    if isinstance(model, (bytes, bytearray, memoryview)):
        if example_input is not None:
            raise UsageError("example_input= is for a torch.nn.Module; use shape= for a file")
        return _Onnx(bytes(model), _request("model", batch, shape, dtype), False)
    if _is_torch_module(model):
        if shape is not None:
            raise UsageError("shape= does not go with a torch.nn.Module: its example_input has "
                             "the shapes")
        data = _torch.export(model, example_input, batch)
        return _Onnx(data, _request(type(model).__name__, batch, None, dtype), True)
    raise TypeError("a model is a name of the zoo, a path, the bytes of an ONNX file or a "
                    f"torch.nn.Module, not {type(model).__name__}")


@overload
def estimate(model: Path, *, prompt: int, generate: int | None = None, batch: int | None = None,
             device: DeviceLike = None, dtype: str | None = None) -> RequestEstimate: ...
@overload
def estimate(model: Path, *, generate: int, prompt: int | None = None, batch: int | None = None,
             device: DeviceLike = None, dtype: str | None = None) -> RequestEstimate: ...
@overload
def estimate(model: Any, *, batch: int | None = None, device: DeviceLike = None,
             shape: Shapes = None, dtype: str | None = None,
             example_input: object = None) -> Estimate: ...


def estimate(model: Any, *, batch: int | None = None, device: DeviceLike = None,
             shape: Shapes = None, dtype: str | None = None, prompt: int | None = None,
             generate: int | None = None,
             example_input: object = None) -> Estimate | RequestEstimate:
    """Forecasts what a model costs on a device, without running it.

    model
        A name of the zoo ("resnet50"), the path of an ONNX file or of a language model's
        config.json, the bytes of an ONNX file, or a torch.nn.Module. A module is exported to ONNX
        in memory, which runs it once on `example_input`, in evaluation mode.
    batch
        Samples per inference; what the model or the example input has if not given, else 1.
    device
        A name (see `devices`), the path of a profile, or a Device; the default device if None.
    shape
        What a file leaves open, or other extents than it has: {"input": (1, 3, 320, 320)} for an
        input, {"seq": 128} for a symbol, or only the extents where there is one input.
    dtype
        Element type of weights and activations in place of the model's own: "f64", "f32", "f16" or
        "bf16".
    prompt, generate
        For a language model: tokens of each prompt (512 if only `generate` is given) and tokens to
        generate (128 if only `prompt` is given; an encoder generates none).
    example_input
        For a torch.nn.Module: a tensor, or a tuple of the arguments of forward(), or a dict of
        its keyword arguments.

    Returns an Estimate, in joules, seconds and watts per inference of the whole batch; for a
    language model a RequestEstimate.

    Raises UsageError (a ValueError) for arguments that contradict the model or themselves,
    InputError (a ValueError) for a file that cannot be read, MissingFileError (a FileNotFoundError)
    for one that is not there, DeviceError (a LookupError) for an unknown device, AccessError (a
    PermissionError) for what may not be read.
    """
    if prompt is not None or generate is not None:
        if shape is not None or example_input is not None:
            raise UsageError("shape= and example_input= do not go with prompt= and generate=")
        if not isinstance(model, (str, os.PathLike)):
            raise UsageError("prompt= and generate= are for language models, by the path of their "
                             "config.json")
        return _library.estimate_request(_request(model, batch, None, dtype),
                                         _whole_or_none("prompt=", prompt),
                                         _whole_or_none("generate=", generate), _device(device))
    onnx = _in_memory(model, batch, shape, dtype, example_input)
    if onnx is not None:
        return _library.estimate_onnx(*onnx, _device(device))
    return _library.estimate(_request(model, batch, shape, dtype), _device(device))


def compare(*models: Any, batch: int | None = None, device: DeviceLike = None,
            shape: Shapes = None, dtype: str | None = None,
            example_input: object = None) -> Comparison:
    """Forecasts several models on one device, side by side.

    Models and all other arguments are those of `estimate`. Raises UsageError without a model, and
    as `estimate`.
    """
    if not models:
        raise UsageError("give the models to compare: compare('alexnet', 'vgg16')")
    chosen = _library.device(_device(device))
    return _core.compare([
        estimate(model, batch=batch, device=chosen, shape=shape, dtype=dtype,
                 example_input=example_input if _is_torch_module(model) else None)
        for model in models])


def layers(model: Any, *, batch: int | None = None, shape: Shapes = None,
           dtype: str | None = None, example_input: object = None) -> Layers:
    """A model as layers, with MACs, parameters and bytes; needs no device.

    Arguments, and what is raised, are those of `estimate`.
    """
    onnx = _in_memory(model, batch, shape, dtype, example_input)
    if onnx is not None:
        return _library.layers_onnx(*onnx)
    return _library.layers(_request(model, batch, shape, dtype))


class Explanation:
    """Which part of the work costs what. Printing it shows a table."""

    __module__ = "joulecast"

    def __init__(self, text: str, data: str) -> None:
        self._text = text
        self._data = data

    def to_dict(self) -> dict[str, Any]:
        """A dict: what `joulecast explain --format json` prints, in joules."""
        return json.loads(self._data)

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return f"<joulecast.Explanation of {len(self.to_dict()['layers'])} layers>"


def explain(model: Any = None, *, layer: str | None = None, batch: int | None = None,
            device: DeviceLike = None, shape: Shapes = None, dtype: str | None = None,
            example_input: object = None) -> Explanation:
    """Splits a forecast by what the joules go to: arithmetic, traffic, overhead.

    Either a model, as for `estimate`, or one layer by its specification, such as
    "conv2d batch=8 in=64 out=128 image=56 kernel=3". Raises as `estimate`.
    """
    if (model is None) == (layer is None):
        raise UsageError("give a model or layer=, one of the two")
    if layer is not None:
        return Explanation(*_library.explain_layer(layer, _device(device)))
    rows = layers(model, batch=batch, shape=shape, dtype=dtype, example_input=example_input)
    return Explanation(*_library.explain(rows, _device(device)))


def device(name: DeviceLike = None) -> Device:
    """A device by name or by the path of a profile; the default device if None.

    Raises DeviceError for a name that is not known, InputError for a file that is no profile.
    """
    return _library.device(_device(name))


def devices() -> list[Device]:
    """Every device that a forecast can be made for: those that ship, then those of the folder
    $JOULECAST_PROFILES. A profile that cannot be read is left out with a UserWarning.
    """
    found, complaints = _core.all_devices(_library)
    for complaint in complaints:
        warnings.warn(complaint, stacklevel=2)
    return found


class ZooModel(NamedTuple):
    """A network known by name, as torchvision defines it."""

    name: str
    family: str
    summary: str  #: one line
    input_shape: tuple[int, ...]  #: one sample as it was trained: (1, 3, 224, 224)


ZooModel.__module__ = "joulecast"


def zoo() -> list[ZooModel]:
    """The networks that are known by name."""
    return [ZooModel(*each) for each in _core.zoo()]
