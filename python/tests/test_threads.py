# SPDX-License-Identifier: Apache-2.0
"""Many calls, many threads: no lock held for long, nothing left behind."""

import concurrent.futures
import functools
import gc
import operator
import os
import pathlib
import sys
import threading

import pytest

import joulecast as jc


def large_model(layers=4000):
    """Takes some tens of milliseconds to read and count."""
    import onnx_file as writer
    nodes = [writer.node("Relu", [f"x{i}"], [f"x{i + 1}"]) for i in range(layers)]
    ends = [writer.value_info(f"x{i}", [1, 8]) for i in (0, layers)]
    return writer.model(nodes, ends[:1], ends[1:])


@pytest.mark.skipif(sys.version_info < (3, 11), reason="operator.call is of Python 3.11")
def test_other_threads_run_while_a_model_is_counted():
    data = large_model()
    progress = []
    stop = threading.Event()

    def work():
        while not stop.is_set():
            progress.append(None)

    library, request = jc._core.Library(), jc._core.ModelRequest("model", None, {}, "")
    # Calls of C from C: Python switches threads between none of them, so that only a call that
    # gives the lock away lets the other thread go on.
    calls = [progress.__len__,
             functools.partial(library.estimate_onnx, data, request, False, None),
             progress.__len__]
    thread = threading.Thread(target=work)
    thread.start()
    try:
        for _ in range(200):
            before, _, after = map(operator.call, calls)
            if after > before:
                return
            progress.clear()
        pytest.fail("no other thread ran in 200 calls: the interpreter's lock is held")
    finally:
        stop.set()
        thread.join()


def test_threads_get_the_same_answers():
    names = ["alexnet", "resnet18", "mobilenet_v2", "vgg11"]
    expected = {name: jc.estimate(name, batch=2).energy_j for name in names}

    def work(name):
        return name, jc.estimate(name, batch=2).energy_j

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        for name, energy_j in pool.map(work, names * 100):
            assert energy_j == expected[name]


def resident_bytes():
    pages = int(pathlib.Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


CALLS = int(os.environ.get("JOULECAST_LEAK_CALLS", 20_000))


@pytest.mark.parametrize("call", [
    lambda: jc.estimate("resnet18", batch=2).layers[3].energy_j,
    lambda: repr(jc.layers("alexnet")[2:4]),
], ids=["estimate", "layers"])
def test_calls_leave_nothing_behind(call):
    for _ in range(CALLS // 10):
        call()
    gc.collect()
    before, blocks = resident_bytes(), sys.getallocatedblocks()
    for _ in range(CALLS):
        call()
    gc.collect()
    # 1 MB over 20,000 calls would be 50 bytes a call: less than any object of ours.
    assert resident_bytes() - before < 1_000_000
    assert sys.getallocatedblocks() - blocks < 1000


def test_failures_leave_nothing_behind(tmp_path):
    def fail():
        for model in ("resnet5O", tmp_path / "missing.onnx", b"\x08\x07garbage"):
            with pytest.raises(jc.Error):
                jc.estimate(model)

    for _ in range(100):
        fail()
    gc.collect()
    before, blocks = resident_bytes(), sys.getallocatedblocks()
    for _ in range(CALLS // 20):
        fail()
    gc.collect()
    assert resident_bytes() - before < 1_000_000
    assert sys.getallocatedblocks() - blocks < 1000
