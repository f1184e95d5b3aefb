#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What `joulecast measure -- COMMAND` adds to a command.

    /usr/bin/python3 bench/bench_measure.py [--joulecast BINARY] [--runs 41] [--long-s 10]
                                            [--long-runs 5] [--meter LIST] [--format text|json]

Two questions, each answered by runs in pairs, with and without, that take turns at going first, so
that a busy machine hurts both sides: the wall time that is added to `true`, and the part by which
a CPU-bound command slows (a fixed number of loops that take about --long-s). Where processors are
shared with strangers the same loops differ by tens of percent from run to run, whoever watches.
The command therefore also tells its own CPU time, and `ours` is what a run took besides: with us,
less without. That is compared with the limit; medians of the pairs' differences, with their
quartiles; exit code 1 if a limit is exceeded.
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

ROOT = pathlib.Path(__file__).resolve().parents[1]
ADDED_LIMIT_S = 0.010
SLOWDOWN_LIMIT = 0.001
BURN = """import resource, sys
n = {}
while n: n -= 1
spent = resource.getrusage(resource.RUSAGE_SELF)
open(sys.argv[1], "w").write(str(spent.ru_utime + spent.ru_stime))"""
OWN = pathlib.Path(tempfile.mkstemp(prefix="joulecast-bench-")[1])


def timed(command):
    """Wall seconds of a run, CPU seconds of it and its children, and of all but a burning child."""
    OWN.write_text("0")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    wall_s = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"wall_s": wall_s, "cpu_s": cpu_s, "beside_s": cpu_s - float(OWN.read_text())}


def pairs(prefix, command, runs):
    """So many pairs (plain, measured) after one of each that does not count."""
    plain, measured = command, [*prefix, *command]
    timed(plain), timed(measured)
    found = []
    for turn in range(runs):
        order = (plain, measured) if turn % 2 == 0 else (measured, plain)
        first, second = timed(order[0]), timed(order[1])
        found.append((first, second) if turn % 2 == 0 else (second, first))
    return found


def summary(values):
    low, middle, high = statistics.quantiles(values, n=4)
    return {"median": middle, "quartiles": [low, high], "runs": len(values)}


def compare(found, key):
    plain = statistics.median(one[key] for one, _ in found)
    return {"plain_s": plain,
            "added_s": summary([with_us[key] - without[key] for without, with_us in found]),
            "added_part": summary([(with_us[key] - without[key]) / without["cpu_s"]
                                   for without, with_us in found])
            if found[0][0]["cpu_s"] > 0.1 else None}


def loops_for(seconds):
    """How many loops take about that long here."""
    loops = 2_000_000
    burned = timed([sys.executable, "-c", BURN.format(loops), OWN])["cpu_s"]
    return int(loops * seconds / burned)


def show(name, result):
    added = result["added_s"]
    low, high = added["quartiles"]
    line = (f"{name}: {result['plain_s']:.4f} s, measured {1e3 * added['median']:+.2f} ms "
            f"(quartiles {1e3 * low:+.2f} to {1e3 * high:+.2f}, {added['runs']} pairs)")
    if result["added_part"]:
        line += f", {100 * result['added_part']['median']:+.3f} %"
    print(line)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--joulecast", type=pathlib.Path, default=ROOT / "build/release/joulecast")
    parser.add_argument("--runs", type=int, default=41)
    parser.add_argument("--long-s", type=float, default=10)
    parser.add_argument("--long-runs", type=int, default=5)
    parser.add_argument("--meter", help="as joulecast takes it; the best that works if not given")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    options = parser.parse_args()
    prefix = [options.joulecast, "measure", *(["--meter", options.meter] if options.meter else []),
              "--"]
    short = pairs(prefix, ["true"], options.runs)
    burn = [sys.executable, "-c", BURN.format(loops_for(options.long_s)), OWN]
    long = pairs(prefix, burn, options.long_runs)
    results = {"load_average": os.getloadavg()[0],
               "true": compare(short, "wall_s"),
               "cpu_bound_wall": compare(long, "wall_s"),
               "cpu_bound_cpu": compare(long, "cpu_s"),
               "cpu_bound_ours": compare(long, "beside_s")}
    OWN.unlink()
    if options.format == "json":
        print(json.dumps(results, indent=2))
    else:
        print(f"load average {results['load_average']:.2f}")
        for name in ("true", "cpu_bound_wall", "cpu_bound_cpu", "cpu_bound_ours"):
            show(name, results[name])
    failed = (results["true"]["added_s"]["median"] > ADDED_LIMIT_S or
              results["cpu_bound_ours"]["added_part"]["median"] > SLOWDOWN_LIMIT)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
