#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Time and memory of an estimate, beside what Python takes to read the same model.

    /usr/bin/python3 bench/bench_estimate.py [--joulecast BINARY] [--runs 41] [--file-runs 7]
                                             [--file VGG16.onnx] [--format text|json]

Four questions, each answered by runs that alternate, so that a busy machine hurts both sides:
`joulecast estimate vgg16 --batch 8` once it is warm; what the launcher `./joulecast` adds to the
binary; a VGG16 file of 550 MB, read by us and by Python's onnx (load and shape inference); and a
chain of 1000 matrix products with 4 GB of weights in a file of their own. The VGG16 file is exported
with random weights unless --file gives one. Peaks are of resident memory, from
/usr/bin/time. What cannot run here is named and left out; exit code 1 if a limit is exceeded.
"""

import argparse
import importlib.util
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "tests/e2e"))
import onnx_file  # noqa: E402: the tests' own writer, which needs no ONNX library

PYTHON_READ = """
import onnx, sys
onnx.shape_inference.infer_shapes(onnx.load(sys.argv[1]))
"""
LIMITS = {  # of the medians of times, of the maxima of memory
    "estimate": {"wall_s": 0.020, "peak_bytes": 20e6},
    "launcher": {"added_s": 0.020},
    "file": {"wall_s": 0.050, "peak_bytes": 20e6},
    "external": {"wall_s": 0.100, "peak_bytes": 50e6},
}


def run_once(command):
    """Wall seconds and peak bytes. GNU time is the parent, because a child of Python is never
    seen to be smaller than Python."""
    with tempfile.NamedTemporaryFile("r") as peak:
        started = time.perf_counter()
        subprocess.run(["/usr/bin/time", "--quiet", "-f", "%M", "-o", peak.name, *command],
                       stdout=subprocess.DEVNULL, check=True)
        wall_s = time.perf_counter() - started
        return wall_s, int(peak.read().split()[-1]) * 1024


def alternate(commands, runs):
    """Runs all commands in turn, so many times after one unmeasured turn.

    A summary of each, and the median of the seconds that the first took beyond the last.
    """
    for command in commands:
        run_once(command)
    turns = [[run_once(command) for command in commands] for _ in range(runs)]
    summaries = []
    for of_command in zip(*turns):
        walls, peaks = zip(*of_command)
        summaries.append({"runs": runs, "wall_s": statistics.median(walls),
                          "wall_s_min": min(walls), "wall_s_max": max(walls),
                          "peak_bytes": max(peaks)})
    lead_s = statistics.median(turn[0][0] - turn[-1][0] for turn in turns)
    return summaries, lead_s


def missing_modules(*names):
    return [name for name in names if importlib.util.find_spec(name) is None]


def bench_file(binary, path, runs):
    ours = [binary, "estimate", path, "--batch", "8"]
    theirs = [sys.executable, "-c", PYTHON_READ, path]
    if missing_modules("onnx"):
        (mine,), _ = alternate([ours], runs)
        return mine | {"skipped": "no Python module onnx to compare with"}
    (mine, python), _ = alternate([ours, theirs], runs)
    return mine | {"python": python, "times_faster": python["wall_s"] / mine["wall_s"],
                   "times_smaller": python["peak_bytes"] / mine["peak_bytes"]}


def bench_exported_file(binary, runs):
    missing = missing_modules("torch", "torchvision")
    if missing:
        return {"skipped": f"no Python module {', '.join(missing)} to export a file with"}
    with tempfile.TemporaryDirectory(prefix="joulecast-bench-") as folder:
        path = os.path.join(folder, "vgg16.onnx")
        subprocess.run([sys.executable, ROOT / "tests/export_torchvision.py", "vgg16", path],
                       check=True, stdout=subprocess.DEVNULL)
        return bench_file(binary, path, runs) | {"file_bytes": os.path.getsize(path)}


def bench_external(binary, runs, layers=1000, width=1024):
    """Weights beside the model, as exporters write them past 2 GB: a sparse file of zeros."""
    size = 4 * width * width
    nodes = [onnx_file.node("MatMul", [f"x{i}", f"w{i}"], [f"x{i + 1}"]) for i in range(layers)]
    weights = [onnx_file.external_tensor(f"w{i}", [width, width], "weights.bin", i * size, size)
               for i in range(layers)]
    ends = [onnx_file.value_info(f"x{i}", ["batch", width]) for i in (0, layers)]
    with tempfile.TemporaryDirectory(prefix="joulecast-bench-") as folder:
        path = pathlib.Path(folder, "model.onnx")
        path.write_bytes(onnx_file.model(nodes, ends[:1], ends[1:], weights))
        with path.with_name("weights.bin").open("wb") as sparse:
            sparse.truncate(layers * size)
        (mine,), _ = alternate([[binary, "estimate", path, "--batch", "8"]], runs)
    return mine | {"file_bytes": layers * size}


def exceeded(report):
    return [f"{part}: {name} {report[part][name]:.4g} is above {limit:.4g}"
            for part, limits in LIMITS.items() for name, limit in limits.items()
            if report[part].get(name, 0) > limit]


def line(name, part):
    if "wall_s" not in part:
        return f"{name:<34} left out: {part['skipped']}"
    spread = f"({1e3 * part['wall_s_min']:.2f} to {1e3 * part['wall_s_max']:.2f}, "
    return (f"{name:<34} {1e3 * part['wall_s']:9.2f} ms  {spread}{part['runs']} runs)  "
            f"{part['peak_bytes'] / 1e6:8.1f} MB")


def text(report):
    file = report["file"]
    lines = [line("estimate vgg16", report["estimate"]),
             line("the same through ./joulecast", report["launcher"])]
    if "added_s" in report["launcher"]:
        lines.append(f"{'the launcher adds':<34} {1e3 * report['launcher']['added_s']:9.2f} ms")
    lines.append(line("estimate of a VGG16 file", file))
    if "python" in file:
        lines.append(line("onnx.load + infer_shapes in Python", file["python"]))
        lines.append(f"{'ratio':<34} {file['times_faster']:9.0f} times faster, "
                     f"{file['times_smaller']:.0f} times less memory")
    elif "wall_s" in file:
        lines.append(f"Python left out: {file['skipped']}")
    lines.append(line("estimate of 4 GB beside the model", report["external"]))
    lines += [f"LIMIT EXCEEDED  {each}" for each in report["exceeded"]]
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--joulecast", type=pathlib.Path,
                        help="the binary (build/core, or release)")
    parser.add_argument("--runs", type=int, default=41)
    parser.add_argument("--file-runs", type=int, default=7)
    parser.add_argument("--file", type=pathlib.Path, help="a VGG16 file to read")
    parser.add_argument("--format", choices=["text", "json"], default="text")
    options = parser.parse_args()
    if not os.path.exists("/usr/bin/time"):
        sys.exit("needs /usr/bin/time: install Debian's package `time`")
    launched = ROOT / "build/core/joulecast"
    built = [path for path in (launched, ROOT / "build/release/joulecast") if path.exists()]
    binary = options.joulecast or (built[0] if built else None)
    if binary is None:
        sys.exit("no build/core/joulecast: run ./joulecast --version once, or give --joulecast")

    estimate = ["estimate", "vgg16", "--batch", "8"]
    if launched.exists():
        # The launcher first: its unmeasured turn builds the binary again where that is stale.
        (launcher, _), added_s = alternate(
            [[ROOT / "joulecast", *estimate], [launched, *estimate]], options.runs)
        launcher["added_s"] = added_s
    else:
        launcher = {"skipped": "no build/core/joulecast; run ./joulecast --version once"}
    (direct,), _ = alternate([[binary, *estimate]], options.runs)
    file = (bench_file(binary, options.file, options.file_runs) if options.file
            else bench_exported_file(binary, options.file_runs))
    report = {"cpus": os.cpu_count(), "load_1min": os.getloadavg()[0], "estimate": direct,
              "launcher": launcher, "file": file,
              "external": bench_external(binary, options.file_runs)}
    report["exceeded"] = exceeded(report)
    print(json.dumps(report, indent=1) if options.format == "json" else text(report))
    sys.exit(1 if report["exceeded"] else 0)


if __name__ == "__main__":
    main()
