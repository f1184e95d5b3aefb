#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Joulecast beside its peers, in one run: prints the tables of docs/peers.md.

    /usr/bin/python3 bench/peers/peers.py [--joulecast BINARY] [--data DIR] [--runs 5]

Counts and time: fvcore, ptflops and onnx-tool on networks of torchvision, each in a process of its
own, as a user would start it. Overhead: codecarbon and `joulecast measure` around the same command.
Accuracy: the predictors of getzner2023 and ours, on the networks among the published measurements
(--data, or $JOULECAST_REFERENCE_DATA). What is compared takes turns, so that a busy machine hurts
all sides. The peers come from PyPI into build/peers/, beside Debian's
python3-torch and python3-torchvision.
"""

import argparse
import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = pathlib.Path(__file__).resolve().parent
ENVIRONMENT = ROOT / "build/peers/python"
PEERS = ["fvcore", "ptflops", "onnx-tool", "codecarbon"]

# GMACs as torchvision publishes them: https://docs.pytorch.org/vision/stable/models.html
PUBLISHED = {"alexnet": 0.71, "vgg16": 15.47, "resnet50": 4.09, "mobilenet_v2": 0.30,
             "densenet121": 2.83, "efficientnet_b0": 0.39, "convnext_tiny": 4.46, "vit_b_16": 17.56,
             "swin_t": 4.49}

# What a user writes to count one network. `net` and `file` are given.
COUNTERS = {
    "fvcore": """
import torch, torchvision
from fvcore.nn import FlopCountAnalysis
model = torchvision.models.get_model(net).eval() if hasattr(torchvision.models, "get_model") \\
    else getattr(torchvision.models, net)().eval()
counted = FlopCountAnalysis(model, torch.zeros(1, 3, 224, 224))
counted.unsupported_ops_warnings(False).uncalled_modules_warnings(False)
macs = counted.total()
""",
    "ptflops": """
import torchvision
from ptflops import get_model_complexity_info
model = getattr(torchvision.models, net)().eval()
macs, _ = get_model_complexity_info(model, (3, 224, 224), as_strings=False, verbose=False,
                                    print_per_layer_stat=False)
""",
    "onnx-tool": """
import onnx_tool
model = onnx_tool.Model(file)
model.graph.shape_infer()
model.graph.profile()
macs = model.graph.macs[0] if isinstance(model.graph.macs, (list, tuple)) else model.graph.macs
""",
}
COUNT = """
import io, contextlib, json, sys
net, file = sys.argv[1:]
with contextlib.redirect_stdout(io.StringIO()):
{body}
print(json.dumps({{"macs": float(macs)}}))
"""
EXPORT = """
import sys, torch, torchvision
net, file = sys.argv[1:]
torch.onnx.export(getattr(torchvision.models, net)().eval(), torch.zeros(1, 3, 224, 224), file,
                  opset_version=14)
"""
# codecarbon's own way to wrap a program, offline.
TRACK = """
import subprocess, sys
from codecarbon import OfflineEmissionsTracker
tracker = OfflineEmissionsTracker(country_iso_code="FRA", save_to_file=False, log_level="error")
tracker.start()
code = subprocess.call(sys.argv[1:])
tracker.stop()
sys.exit(code)
"""
BUSY_S = 5


def environment():
    """The interpreter that has the peers; installed once."""
    python = ENVIRONMENT / "bin/python"
    if not (ENVIRONMENT / "ready").exists():
        subprocess.run(["/usr/bin/python3", "-m", "venv", "--clear", "--system-site-packages",
                        ENVIRONMENT], check=True)
        install = [python, "-m", "pip", "install", "--quiet"]
        subprocess.run([*install, "-r", FOLDER / "requirements.txt"], check=True)
        # It asks for nothing but PyTorch, and pip would bring 2 GB beside Debian's.
        subprocess.run([*install, "--no-deps", "ptflops"], check=True)
        (ENVIRONMENT / "ready").touch()
    return str(python)


def timed(command, may_fail=False):
    """What a command printed (None: it failed), its wall seconds, and the CPU seconds of it and its
    children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    done = subprocess.run([str(word) for word in command], check=False, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    wall_s = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0 and not may_fail:
        sys.exit(f"{' '.join(map(str, command))[:200]} failed:\n{done.stderr[-2000:]}")
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return done.stdout if done.returncode == 0 else None, wall_s, cpu_s


def take_turns(commands, runs, may_fail=False):
    """Each command's last output and all its (wall, CPU) seconds, after one run that is not counted."""
    results = {name: ("", []) for name in commands}
    for turn in range(runs + 1):
        for name, command in commands.items():
            output, wall_s, cpu_s = timed(command, may_fail)
            results[name] = (output, results[name][1] + ([(wall_s, cpu_s)] if turn else []))
    return results


def median_wall(result):
    return statistics.median(wall_s for wall_s, _ in result[1])


def counter(python, name, net, file):
    body = "".join(f"    {line}\n" for line in COUNTERS[name].strip().splitlines())
    return [python, "-W", "ignore", "-c", COUNT.format(body=body), net, file]


def print_table(header, rows):
    print("| " + " | ".join(header) + " |")
    print("|" + "---|" * len(header))
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print()


def off(macs, published):
    """How far a count is from the published one, which has two digits behind the point."""
    gmacs = macs / 1e9
    if abs(gmacs - published) <= 0.0051:
        return f"{gmacs:.2f}"
    return f"{gmacs:.2f} ({100 * (gmacs / published - 1):+.0f} %)"


def compare_counts(joulecast, python, runs):
    """Two tables: GMACs, and the time of a whole process as a multiple of ours."""
    names = ["joulecast", "joulecast, the file", *COUNTERS]
    counts, ratios = [], {name: [] for name in names}
    with tempfile.TemporaryDirectory() as folder:
        for net, published in PUBLISHED.items():
            file = pathlib.Path(folder, net + ".onnx")
            timed([python, "-W", "ignore", "-c", EXPORT, net, file])
            commands = {"joulecast": [joulecast, "layers", net, "--format", "json"],
                        "joulecast, the file": [joulecast, "layers", file, "--format", "json"]}
            commands |= {name: counter(python, name, net, file) for name in COUNTERS}
            results = take_turns(commands, runs, may_fail=True)  # a peer does not know every network
            file.unlink()
            counted = {name: json.loads(output)["macs"] for name, (output, _) in results.items()
                       if output is not None}
            counts.append([net, f"{published:.2f}"] + [
                off(counted[name], published) if name in counted else "fails" for name in names])
            for name in counted:
                ratios[name].append(median_wall(results[name]) / median_wall(results["joulecast"]))
    print_table(["GMACs, batch 1", "torchvision publishes", *names], counts)
    print_table(["a whole process, as a multiple of `joulecast layers NET`", "median", "range"],
                [[name, f"{statistics.median(each):.3g}", f"{min(each):.3g} .. {max(each):.3g}"]
                 for name, each in ratios.items()])


def compare_overhead(joulecast, python, runs):
    command = ["sleep", str(BUSY_S)]
    wrapped = {"joulecast measure": [joulecast, "measure", "--", *command],
               "codecarbon": [python, "-W", "ignore", "-c", TRACK, *command]}
    results = take_turns({"alone": command, **wrapped}, runs)
    alone = results.pop("alone")
    rows = []
    added = {name: (median_wall(result) - median_wall(alone),
                    statistics.median(cpu_s for _, cpu_s in result[1])
                    - statistics.median(cpu_s for _, cpu_s in alone[1]))
             for name, result in results.items()}
    for name, (wall_s, cpu_s) in added.items():
        ours = added["joulecast measure"]
        rows.append([name, f"{wall_s / ours[0]:.3g}", f"{cpu_s / ours[1]:.3g}",
                     f"{100 * wall_s / BUSY_S:.2g} %"])
    print_table([f"around `sleep {BUSY_S}`, as a multiple of ours", "added wall time",
                 "CPU time of its own", "added wall time / command"], rows)


def compare_accuracy(joulecast, data):
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        dataset, profile = f"{folder}/d.db", f"{folder}/p.json"
        timed([joulecast, "dataset", "import", "--from", "getzner2023", data, "-o", dataset])
        timed([joulecast, "fit", dataset, "--origin", "random", "-o", profile])
        for name, inputs in {"getzner2023's predictors": ["--predictor", "getzner2023", dataset],
                             "joulecast": [profile, dataset]}.items():
            scores = json.loads(timed([joulecast, "evaluate", *inputs, "--origin", "net-total",
                                       "--format", "json"])[0])["totals"]
            inside = scores["interval_coverage"]
            rows.append([name, str(scores["n"]), f"{scores['r2']:.4f}",
                         f"{scores['mape_percent']:.1f} %",
                         "none" if inside is None else f"{100 * inside:.0f} %"])
    print_table(["totals of networks, fitted on random layers", "networks", "R2", "mean error",
                 "inside the 90 % interval"], rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--joulecast", default=ROOT / "build/release/joulecast", metavar="BINARY")
    parser.add_argument("--data", default=os.environ.get(
        "JOULECAST_REFERENCE_DATA", ROOT.parent / "shared/data/getzner2023"), metavar="DIR")
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    python = environment()
    versions = subprocess.run(
        [python, "-c", "import importlib.metadata as m, torch, torchvision; print(', '.join(f'{p} "
         "{m.version(p)}' for p in " + repr(PEERS) + "), torch.__version__, torchvision.__version__)"],
        check=True, text=True, stdout=subprocess.PIPE).stdout
    print(f"{versions}\n")
    compare_counts(options.joulecast, python, options.runs)
    compare_overhead(options.joulecast, python, options.runs)
    if pathlib.Path(options.data).is_dir():
        compare_accuracy(options.joulecast, options.data)
    else:
        print(f"accuracy left out: no {options.data}; give --data DIR")


if __name__ == "__main__":
    main()
