#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a call from Python costs beyond what C++ does.

    /usr/bin/python3 bench/bench_python.py [--package build/release/python] [--model resnet18]
        [--benchmark build/release/predict_bench] [--calls 2000] [--format json]

Medians over rounds of calls: an estimate of a network of the zoo as a user asks for it, what the
C++ of predict_bench takes for the same (a network that is resolved already, on a profile that is
read), the attributes of an estimate, and how threads scale. Exit code 1 if a call costs more than
100 us beyond C++.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
ADDED_LIMIT_S = 100e-6


def seconds_per_call(call, calls, rounds=9):
    """Median over rounds, after one that does not count."""
    def one_round():
        started = time.perf_counter()
        for _ in range(calls):
            call()
        return (time.perf_counter() - started) / calls

    one_round()
    return statistics.median(one_round() for _ in range(rounds))


def cpp_seconds(benchmark, model):
    """What predict_bench says of EstimateModel on the resolved network."""
    done = subprocess.run([benchmark, f"--benchmark_filter=^EstimateResolved/{model}$",
                           "--benchmark_format=json", "--benchmark_repetitions=9",
                           "--benchmark_report_aggregates_only=true"],
                          capture_output=True, text=True, check=True)
    for each in json.loads(done.stdout)["benchmarks"]:
        if each["aggregate_name"] == "median":
            return each["real_time"] * 1e-9
    raise ValueError(f"{benchmark} measured nothing of {model}")


def threads_seconds(call, threads, calls):
    def work(_):
        for _ in range(calls):
            call()

    with concurrent.futures.ThreadPoolExecutor(threads) as pool:
        started = time.perf_counter()
        list(pool.map(work, range(threads)))
        return time.perf_counter() - started


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--benchmark", type=pathlib.Path,
                        default=ROOT / "build/release/predict_bench")
    parser.add_argument("--package", type=pathlib.Path, default=ROOT / "build/release/python")
    parser.add_argument("--model", default="resnet18")
    parser.add_argument("--calls", type=int, default=2000)
    parser.add_argument("--format", choices=("text", "json"), default="text")
    options = parser.parse_args()
    sys.path.insert(0, str(options.package))
    import joulecast as jc

    estimate = jc.estimate(options.model)
    result = {
        "load_1min": os.getloadavg()[0],
        "estimate_s": seconds_per_call(lambda: jc.estimate(options.model), options.calls),
        "attribute_s": seconds_per_call(lambda: estimate.energy_j, options.calls),
        "all_layers_s": seconds_per_call(lambda: [layer.energy_j for layer in estimate],
                                         options.calls // 10),
        "to_dict_s": seconds_per_call(estimate.to_dict, options.calls // 20),
    }
    one = threads_seconds(lambda: jc.estimate(options.model), 1, options.calls)
    two = threads_seconds(lambda: jc.estimate(options.model), 2, options.calls)
    result["two_threads_times"] = 2 * one / two
    if options.benchmark.exists():
        result["cpp_s"] = cpp_seconds(options.benchmark, options.model)
        result["added_s"] = result["estimate_s"] - result["cpp_s"]
    if options.format == "json":
        print(json.dumps(result, indent=1))
    else:
        for name, value in result.items():
            print(f"{name[:-2]:<16} {1e6 * value:9.1f} us" if name.endswith("_s")
                  else f"{name:<16} {value:9.2f}")
        if "cpp_s" not in result:
            print(f"no {options.benchmark}: what C++ takes is left out")
    sys.exit(1 if result.get("added_s", 0) > ADDED_LIMIT_S else 0)


if __name__ == "__main__":
    main()
