# SPDX-License-Identifier: Apache-2.0
"""Forecasts the energy of a deep-learning model from its configuration, without running it.

    import joulecast as jc

    estimate = jc.estimate("resnet50", batch=8)
    estimate.energy_j, estimate.energy_j_low, estimate.energy_j_high
    for layer in estimate: print(layer.name, layer.energy_j)

Energies are joules, times seconds, powers watts, all of one inference of the whole batch; MACs are
multiply-accumulates (1 MAC = 2 FLOPs). Functions may be called from several threads, and run in
parallel: the interpreter's lock is released while they count and forecast.
"""

from . import _core
from ._core import (
    Comparison,
    Device,
    Estimate,
    Layer,
    LayerEstimate,
    LayerEstimates,
    Layers,
    Phase,
    RequestEstimate,
)
from ._errors import (
    AccessError,
    DeviceError,
    Error,
    InputError,
    MissingFileError,
    UsageError,
)
from ._fit import Fit, fit
from ._measure import Diagnosis, DomainEnergy, Measurement, doctor, measure
from ._models import (
    Explanation,
    ZooModel,
    compare,
    device,
    devices,
    estimate,
    explain,
    layers,
    zoo,
)

__version__: str = _core.version

__all__ = [
    "AccessError",
    "Comparison",
    "Device",
    "DeviceError",
    "Diagnosis",
    "DomainEnergy",
    "Error",
    "Estimate",
    "Explanation",
    "Fit",
    "InputError",
    "Layer",
    "LayerEstimate",
    "LayerEstimates",
    "Layers",
    "Measurement",
    "MissingFileError",
    "Phase",
    "RequestEstimate",
    "UsageError",
    "ZooModel",
    "compare",
    "device",
    "devices",
    "doctor",
    "estimate",
    "explain",
    "fit",
    "layers",
    "measure",
    "zoo",
]

# Its users know them by this name.
for _class in (Comparison, Device, Estimate, Layer, LayerEstimate, LayerEstimates, Layers, Phase,
               RequestEstimate):
    _class.__module__ = __name__
del _class
