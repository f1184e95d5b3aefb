# SPDX-License-Identifier: Apache-2.0
"""What code takes, by the meters of this machine."""

from __future__ import annotations

import copy
import dataclasses
import functools
import html
import inspect
import json
import threading
from collections.abc import Callable
from typing import Any, ParamSpec, Protocol, TypeVar, cast

from . import _core
from ._errors import UsageError

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result", covariant=True)


class Measured(Protocol[_Arguments, _Result]):
    """A function whose calls are measured."""

    last: Measurement | None  #: of the call that ended last; None before the first

    def __call__(self, *arguments: _Arguments.args, **keywords: _Arguments.kwargs) -> _Result: ...


@dataclasses.dataclass(frozen=True)
class DomainEnergy:
    """What one counter, or the sum of several, says about a window."""

    __module__ = "joulecast"

    meter: str  #: "powercap", or "sum"
    domain: str  #: "package-0"
    evidence: str  #: "measured", "integrated" or "modelled"
    time_s: float
    energy_j: float | None  #: gross; None with a `failure`
    power_w: float | None
    net_energy_j: float | None  #: above idle; None with a reason in `net_is_missing`
    idle_power_w: float | None
    idle_basis: str | None
    failure: str | None
    net_is_missing: str | None
    raw_start: int | None
    raw_end: int | None


def _number(value: float | None, unit: str) -> str:
    return "unknown" if value is None else f"{value:.4g} {unit}"


class Measurement:
    """One window of the meters: what was used between its start and its end.

    Meters count whole parts of the machine: all else that ran is included. Where a counter gives
    no energy, it is None and `failure` says why; it is never 0.
    """

    __module__ = "joulecast"

    def __init__(self) -> None:
        self._text = ""
        self._data: dict[str, Any] | None = None

    def _set(self, text: str, data: str) -> None:
        self._text = text
        self._data = json.loads(data)

    def _known(self) -> dict[str, Any]:
        if self._data is None:
            raise UsageError("the measurement has not ended yet: read it behind the with block")
        return self._data

    @property
    def total(self) -> DomainEnergy:
        """The sum of all counters that count nothing twice."""
        return DomainEnergy(**self._known()["sum"])

    @property
    def domains(self) -> tuple[DomainEnergy, ...]:
        """Every counter by itself."""
        return tuple(DomainEnergy(**each) for each in self._known()["domains"])

    @property
    def energy_j(self) -> float | None:
        """Joules used, gross: with all that the machine does at rest. None with a `failure`."""
        return self._known()["sum"]["energy_j"]

    @property
    def net_energy_j(self) -> float | None:
        """Joules above idle, where that is known: with idle_s=, or of a modelled meter."""
        return self._known()["sum"]["net_energy_j"]

    @property
    def time_s(self) -> float:
        """Seconds from start to end."""
        return self._known()["time_s"]

    @property
    def power_w(self) -> float | None:
        """Mean power in watts, gross."""
        return self._known()["sum"]["power_w"]

    @property
    def evidence(self) -> str:
        """What the joules stand on: "measured" (a hardware counter), "integrated" (power readings,
        summed over time) or "modelled" (no counter)."""
        return self._known()["sum"]["evidence"]

    @property
    def failure(self) -> str | None:
        """Why there is no energy; None if there is."""
        return self._known()["sum"]["failure"]

    @property
    def net_is_missing(self) -> str | None:
        """Why there is no net energy; None if there is."""
        return self._known()["sum"]["net_is_missing"]

    @property
    def notes(self) -> list[str]:
        """What a reader has to know to read the numbers right."""
        return self._known()["notes"]

    def to_dict(self) -> dict[str, Any]:
        """A dict, with the keys that `joulecast measure --format json` has for a run."""
        return copy.deepcopy(self._known())

    def __str__(self) -> str:
        return self._text if self._data is not None else "not ended yet\n"

    def __repr__(self) -> str:
        if self._data is None:
            return "<joulecast.Measurement: not ended yet>"
        if self.failure is not None:
            return f"<joulecast.Measurement: no energy: {self.failure}, {self.time_s:.4g} s>"
        return (f"<joulecast.Measurement: {_number(self.energy_j, 'J')} {self.evidence}, "
                f"net {_number(self.net_energy_j, 'J')}, {self.time_s:.4g} s, "
                f"{_number(self.power_w, 'W')}>")

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(str(self))}</pre>"


class measure:
    """Measures a block of code, or each call of a function, with the meters of this machine.

        with jc.measure() as used:
            work()
        print(used.energy_j, used.evidence)

        @jc.measure(idle_s=2)
        def work(): ...
        work()
        print(work.last)

    meter
        Which meters, as the command takes them: "powercap,nvml:0"; the best that works here if
        None. Where nothing counts, a power model stands in, and says `modelled`.
    idle_s
        Rest so many seconds before and after each window, and give the energy above that too.
    tdp_w, with_memory
        For the modelled meter: the processor's power in watts; add the memory's.
    report
        Called with each Measurement once it has ended: report=print.

    Windows may be nested, and functions called from several threads: each window has readings of
    its own, of the same machine. A function may be async: its window lasts until it has finished
    (and idle_s keeps the event loop waiting).
    A block that raises is measured up to there, and the exception goes on.

    Raises DeviceError, AccessError or UsageError if a meter cannot be used: before anything runs.
    """

    __module__ = "joulecast"

    def __init__(self, meter: str | None = None, *, idle_s: float = 0.0,
                 tdp_w: float | None = None, with_memory: bool = False,
                 report: Callable[[Measurement], object] | None = None) -> None:
        if callable(meter):
            raise TypeError("write @jc.measure(), with the parentheses")
        if not 0 <= idle_s <= 3600:
            raise UsageError(f"idle_s={idle_s!r}: rest 0 to 3600 seconds")
        if tdp_w is not None and not 0.1 <= tdp_w <= 10_000:
            raise UsageError(f"tdp_w={tdp_w!r}: a processor takes 0.1 to 10000 watts")
        self._options = (meter or "", tdp_w, with_memory)
        self._idle_s = idle_s
        self._report = report
        self._spare = [_core.MeteredBlock(*self._options)]  # opened now: what fails, fails now
        self._open = threading.local()  # the with blocks that each thread is in

    def _start(self) -> tuple[_core.MeteredBlock, Measurement]:
        try:
            block = self._spare.pop()
        except IndexError:  # its meters are in use: by an outer window, or by another thread
            block = _core.MeteredBlock(*self._options)
        block.rest_before(self._idle_s)
        block.start()
        return block, Measurement()

    def _end(self, block: _core.MeteredBlock, measurement: Measurement) -> None:
        block.stop()
        block.rest_after(self._idle_s)
        measurement._set(*block.report())
        # Where a counter failed, it stays failed: the next window opens its meters anew.
        if measurement.failure is None and all(each.failure is None
                                               for each in measurement.domains):
            self._spare.append(block)
        if self._report is not None:
            self._report(measurement)

    def __enter__(self) -> Measurement:
        if not hasattr(self._open, "windows"):
            self._open.windows = []
        window = self._start()
        self._open.windows.append(window)
        return window[1]

    def __exit__(self, *exception: object) -> None:
        self._end(*self._open.windows.pop())

    def __call__(
            self, function: Callable[_Arguments, _Result]) -> Measured[_Arguments, _Result]:
        if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
            raise TypeError("a generator does its work later: measure the loop that runs it")

        async def measured_coroutine(*arguments: Any, **keywords: Any) -> Any:
            window = self._start()
            try:
                return await cast("Callable[..., Any]", function)(*arguments, **keywords)
            finally:
                self._end(*window)
                result.last = window[1]

        def measured(*arguments: Any, **keywords: Any) -> Any:
            window = self._start()
            try:
                return function(*arguments, **keywords)
            finally:
                self._end(*window)
                result.last = window[1]

        is_coroutine = inspect.iscoroutinefunction(function)
        wrapped = functools.wraps(function)(measured_coroutine if is_coroutine else measured)
        result = cast("Measured[_Arguments, _Result]", wrapped)
        result.last = None
        return result


class Diagnosis:
    """Which meters work on this machine, and how to make the others work. Printing it says so."""

    __module__ = "joulecast"

    def __init__(self, text: str, data: str) -> None:
        self._text = text
        self._data = data

    def to_dict(self) -> dict[str, Any]:
        """A dict: what `joulecast doctor --format json` prints."""
        return json.loads(self._data)

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return f"<joulecast.Diagnosis: meters {', '.join(self.to_dict()['chosen']) or 'none'}>"


def doctor() -> Diagnosis:
    """Looks which meters work here: opens each and watches it for some seconds."""
    return Diagnosis(*_core.doctor())
