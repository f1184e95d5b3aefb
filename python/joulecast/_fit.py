# SPDX-License-Identifier: Apache-2.0
"""Device profiles of measurements."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from typing import Any

from . import _core
from ._core import Device
from ._models import Path


class Fit:
    """A fitted profile, and how well it forecasts what it has not seen, as a table if printed."""

    __module__ = "joulecast"

    def __init__(self, device: Device, text: str, data: str) -> None:
        self._device = device
        self._text = text
        self._data = data

    @property
    def device(self) -> Device:
        """The device, ready for `estimate(..., device=...)`."""
        return self._device

    @property
    def layers(self) -> dict[str, dict[str, Any]]:
        """By layer type: `training_rows`, and the errors of 5-fold cross-validation in percent."""
        return self.to_dict()["layers"]

    @property
    def exclusions(self) -> list[str]:
        """Types and rows that were left out, each with its reason."""
        return self.to_dict()["exclusions"]

    def to_dict(self) -> dict[str, Any]:
        """A dict: what `joulecast fit --format json` prints."""
        return json.loads(self._data)

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return f"<joulecast.Fit of {self._device.name}: {len(self.layers)} layer types>"


def fit(dataset: Path, output: Path | None = None, *, name: str | None = None,
        title: str | None = None, traits: Mapping[str, float] | None = None,
        origin: str | Sequence[str] = (), from_device: str | None = None,
        cleaning: str = "physics", residual: bool = True) -> Fit:
    """Fits a device profile to a dataset of measured layers.

    dataset
        A dataset's file, as `joulecast collect` and `joulecast dataset import` write it.
    output
        Where to write the profile (.json); nowhere if None.
    name, title
        Of the device; the dataset's, and its processor's name, if not given.
    traits
        Device traits in place of what the dataset says, such as {"l2_bytes": 1048576}.
    origin
        Rows of these origins only: "random", "net-config", "net-layer", "net-total"; all if empty.
    from_device
        Rows of this device only, where the dataset has several.
    cleaning
        Rows left out: those that "physics" refuses, those that the publisher refused
        ("published"), or "none".
    residual
        Allow a learned residual on top of the physical terms where cross-validation says it pays.

    Raises MissingFileError or InputError for a dataset that cannot be read or has nothing to fit,
    UsageError for an origin, trait or rule that does not exist, AccessError for what may not be
    read or written.
    """
    return Fit(*_core.fit(
        os.fspath(dataset), "" if output is None else os.fspath(output), name or "", title or "",
        [f"{key}={value}" for key, value in (traits or {}).items()],
        {origin} if isinstance(origin, str) else set(origin), from_device or "", cleaning,
        residual))
