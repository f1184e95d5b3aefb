# SPDX-License-Identifier: Apache-2.0
"""What the tests of the Python package share. They run on the package that PYTHONPATH names."""

import json
import os
import pathlib
import random
import signal
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(os.environ.get("JOULECAST_BIN", ROOT / "build/release/joulecast")).absolute()

# Whoever runs this in the background may ignore Ctrl-C, and Python then leaves it so.
signal.signal(signal.SIGINT, signal.default_int_handler)

sys.path.insert(0, str(ROOT / "tests/e2e"))  # the tests' own writer of ONNX files

# A model of two blocks, small enough to count by hand.
LLAMA = {"model_type": "llama", "hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2,
         "num_attention_heads": 4, "num_key_value_heads": 4, "vocab_size": 100,
         "max_position_embeddings": 512, "tie_word_embeddings": False, "hidden_act": "silu",
         "torch_dtype": "float32"}

LINEAR_MAP = """
source = "made-up"
origin = "random"
tag = "measured"
meter = "made-up meter"
[device]
name = "made-up-board"
cpu = "made-up processor"
[layer]
type = "linear"
[layer.params]
batch = "batch"
in = "in"
out = "out"
[energy]
column = "energy_j"
unit = "J"
per = "call"
[time]
column = "time_s"
unit = "s"
per = "call"
"""


@pytest.fixture
def program():
    """Runs the command: what it prints, as a dict where it is JSON."""
    if not PROGRAM.exists():
        pytest.skip(f"no {PROGRAM}: build it, or set JOULECAST_BIN")

    def run(*arguments):
        done = subprocess.run([PROGRAM, *map(str, arguments)], check=True, capture_output=True,
                              text=True, timeout=120)
        return json.loads(done.stdout) if "json" in arguments else done.stdout

    return run


@pytest.fixture
def onnx_file(tmp_path):
    """conv2d 3 -> 8, kernel 3x3, padding 1, on 32x32, then relu."""
    import onnx_file as writer
    path = tmp_path / "small.onnx"
    path.write_bytes(writer.conv_net())
    return path


@pytest.fixture
def llama_config(tmp_path):
    path = tmp_path / "tiny-llama" / "config.json"
    path.parent.mkdir()
    path.write_text(json.dumps(LLAMA))
    return path


@pytest.fixture
def dataset(program, tmp_path):
    """Linear layers whose cost is known: 1 mJ a call, 2 J a GMAC, 100 GMAC/s."""
    draw = random.Random(7)
    lines = ["batch,in,out,energy_j,time_s"]
    for _ in range(120):
        batch, width, out = (2 ** draw.uniform(3, 9), 2 ** draw.uniform(5, 12),
                             2 ** draw.uniform(5, 12))
        batch, width, out = round(batch), round(width), round(out)
        gmac = batch * width * out / 1e9
        lines.append(f"{batch},{width},{out},{1e-3 + 2 * gmac},{1e-5 + gmac / 100}")
    (tmp_path / "rows.csv").write_text("\n".join(lines) + "\n")
    (tmp_path / "map.toml").write_text(LINEAR_MAP)
    program("dataset", "import", "--from", "csv", "--map", tmp_path / "map.toml",
            tmp_path / "rows.csv", "-o", tmp_path / "rows.db")
    return tmp_path / "rows.db"
