# SPDX-License-Identifier: Apache-2.0
"""jc.measure: windows of the meters, on meters that need no hardware."""

import asyncio
import inspect
import json
import threading
import time

import pytest

import joulecast as jc

FAKE = "fake:watts=20"


def test_joules_are_watts_times_seconds():
    with jc.measure(FAKE) as used:
        time.sleep(0.1)
    assert used.time_s >= 0.1
    assert used.energy_j == pytest.approx(20 * used.time_s, rel=0.05)
    assert used.power_w == pytest.approx(20, rel=0.05)
    assert used.failure is None


def test_modelled_says_so_everywhere():
    with jc.measure(FAKE) as used:
        time.sleep(0.05)
    assert used.evidence == "modelled"
    assert used.domains[0].evidence == "modelled"
    assert "modelled" in repr(used)
    assert "modelled" in str(used)
    assert "modelled" in used._repr_html_()
    assert any(note.startswith("modelled") for note in used.notes)


def test_keys_are_those_of_the_commands_runs(program, tmp_path):
    with jc.measure(FAKE) as used:
        time.sleep(0.05)
    program("measure", "--meter", FAKE, "--format=json", "-o", tmp_path / "run.json", "--", "true")
    run = json.loads((tmp_path / "run.json").read_text())["runs"][0]
    ours = used.to_dict()
    assert run.keys() - ours.keys() == {"exit_code", "signal", "cpu_time_s"}
    assert ours["sum"].keys() == run["sum"].keys()
    assert ours["domains"][0].keys() == run["domains"][0].keys()
    assert ours["sum"]["energy_j"] == used.energy_j


def test_rest_gives_the_net():
    with jc.measure(FAKE + ":evidence=measured", idle_s=0.2) as used:
        time.sleep(0.2)
    assert used.evidence == "measured"
    # A constant power is all rest.
    assert used.net_energy_j == pytest.approx(0, abs=0.1 * used.energy_j)
    assert used.domains[0].idle_power_w == pytest.approx(20, rel=0.05)


def test_without_rest_there_is_no_net_and_a_reason():
    with jc.measure(FAKE + ":evidence=measured") as used:
        time.sleep(0.05)
    assert used.net_energy_j is None
    assert "idle" in used.domains[0].net_is_missing
    assert "idle_s=" in str(used)


def test_a_counter_without_an_update_is_no_joules():
    with jc.measure("fake:watts=20:tick-s=60") as used:
        time.sleep(0.01)
    assert used.energy_j is None
    assert "no update of the counter" in used.failure
    assert "no energy" in repr(used)


def test_a_block_that_raises_is_measured_up_to_there():
    with pytest.raises(KeyError):
        with jc.measure(FAKE) as used:
            time.sleep(0.02)
            raise KeyError("x")
    assert used.energy_j > 0


def test_there_is_nothing_to_read_before_the_end():
    with jc.measure(FAKE) as used:
        assert "not ended yet" in repr(used)
        with pytest.raises(jc.UsageError, match="not ended yet"):
            used.energy_j


def test_windows_nest_and_repeat():
    meter = jc.measure(FAKE)
    with meter as outer:
        time.sleep(0.02)
        with meter as inner:
            time.sleep(0.02)
    with meter as again:
        time.sleep(0.02)
    assert outer.time_s >= inner.time_s + 0.02
    assert again.energy_j > 0


def test_each_call_of_a_function_is_a_window():
    seen = []

    @jc.measure(FAKE, report=seen.append)
    def double(x, *, wait=0.02):
        """Twice x."""
        time.sleep(wait)
        return 2 * x

    assert double.last is None
    assert double(4) == 8
    assert double(5, wait=0.03) == 10
    assert len(seen) == 2
    assert double.last is seen[-1]
    assert double.last.time_s >= 0.03
    assert double.__name__ == "double"
    assert double.__doc__ == "Twice x."
    assert list(inspect.signature(double).parameters) == ["x", "wait"]


def test_a_function_that_raises_is_measured_too():
    @jc.measure(FAKE)
    def fail():
        time.sleep(0.01)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert fail.last.time_s >= 0.01


def test_an_async_function_is_measured_until_it_has_finished():
    @jc.measure(FAKE)
    async def wait():
        await asyncio.sleep(0.05)
        return 7

    assert asyncio.run(wait()) == 7
    assert wait.last.time_s >= 0.05


def test_threads_have_windows_of_their_own():
    meter = jc.measure(FAKE)
    found = []

    def work(seconds):
        with meter as used:
            time.sleep(seconds)
        found.append((seconds, used))

    threads = [threading.Thread(target=work, args=(0.02 * n,)) for n in range(1, 6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 5
    for seconds, used in found:
        assert used.time_s >= seconds
        assert used.energy_j == pytest.approx(20 * used.time_s, rel=0.2)


def test_what_cannot_be_measured_is_said_first():
    with pytest.raises(jc.UsageError, match="known"):
        jc.measure("wattmeter")
    with pytest.raises(jc.DeviceError):
        jc.measure("external:/no/such/file")
    with pytest.raises(jc.UsageError, match="idle_s"):
        jc.measure(FAKE, idle_s=-1)
    with pytest.raises(jc.UsageError, match="tdp_w"):
        jc.measure(FAKE, tdp_w=0)
    with pytest.raises(TypeError, match="with the parentheses"):
        jc.measure(print)
    with pytest.raises(TypeError, match="generator"):
        @jc.measure(FAKE)
        def numbers():
            yield 1


def test_the_best_meter_here_is_taken_where_none_is_named():
    with jc.measure() as used:
        sum(range(10_000))
    assert used.evidence in ("measured", "integrated", "modelled")
    assert used.energy_j is not None or used.failure


def test_ctrl_c_ends_a_rest():
    import _thread
    threading.Timer(0.2, _thread.interrupt_main).start()
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        with jc.measure(FAKE, idle_s=60):
            pass
    assert time.monotonic() - started < 30
