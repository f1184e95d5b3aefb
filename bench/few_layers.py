#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Convolutions of real networks, forecast from few random ones: bench/few_layers.py DATA.

DATA holds getzner2023's measurements. Draws 80 of the 500 configurations of one file, with all
their repetitions, fits them alone, and compares with the measured layers of networks; ten times.
"""
import argparse
import csv
import json
import pathlib
import random
import re
import statistics
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent


def configuration(row):
    """What the row measured, without which repetition it is."""
    return re.sub(r"rep_no:\d+,|,forward_passes.*", "", row["project_name"])


def draw(data, folder, seed, count):
    """Writes the rows of `count` configurations of one file below `folder`."""
    chance = random.Random(seed)
    name = f"conv2d/{chance.choice(['00', '02'])}_conv2d-raw.csv"
    with open(data / name, newline="") as file:
        rows = list(csv.DictReader(file))
    chosen = set(chance.sample(sorted({configuration(row) for row in rows}), count))
    (folder / "conv2d").mkdir(parents=True)
    with open(folder / name, "w", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(row for row in rows if configuration(row) in chosen)
    return name


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=pathlib.Path, metavar="DATA")
    parser.add_argument("--configurations", type=int, default=80)
    parser.add_argument("--draws", type=int, default=10)
    parser.add_argument("--program", default=ROOT / "build/release/joulecast")
    options = parser.parse_args()

    def joulecast(*arguments):
        return subprocess.run([options.program, *map(str, arguments)], check=True,
                              capture_output=True, text=True).stdout

    results = []
    with tempfile.TemporaryDirectory() as name:
        work = pathlib.Path(name)
        joulecast("dataset", "import", "--from", "getzner2023", options.data, "-o", work / "all.db")
        for seed in range(options.draws):
            few = work / str(seed)
            source = draw(options.data, few, seed, options.configurations)
            joulecast("dataset", "import", "--from", "getzner2023", few, "-o", few / "few.db")
            joulecast("fit", few / "few.db", "--origin", "random", "-o", few / "few.json")
            score = json.loads(joulecast("evaluate", few / "few.json", work / "all.db", "--origin",
                                         "net-layer", "--format", "json"))["layers"]["conv2d"]
            results.append(score)
            print(f"{source}  R2 {score['r2']:.4f}  MAPE {score['mape_percent']:.2f} %  inside "
                  f"{100 * score['interval_coverage']:.0f} %", flush=True)
    errors = [score["mape_percent"] for score in results]
    r2 = [score["r2"] for score in results]
    print(f"median of {len(results)}: R2 {statistics.median(r2):.4f}, "
          f"MAPE {statistics.median(errors):.2f} %; worst {min(r2):.4f}, {max(errors):.2f} %")


if __name__ == "__main__":
    main()
