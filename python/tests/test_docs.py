# SPDX-License-Identifier: Apache-2.0
"""Every snippet of docs/python.md runs, in order, in a folder that has the files it names."""

import contextlib
import importlib.util
import io
import pathlib
import re
import shutil

import pytest

DOCUMENT = pathlib.Path(__file__).resolve().parents[2] / "docs/python.md"
SNIPPETS = re.findall(r"^```python\n(.*?)^```", DOCUMENT.read_text(), re.DOTALL | re.MULTILINE)


def test_every_snippet_runs(onnx_file, llama_config, dataset, tmp_path, monkeypatch):
    assert len(SNIPPETS) >= 5
    shutil.copy(onnx_file, tmp_path / "model.onnx")
    llama_config.parent.rename(tmp_path / "Llama-2-7b")
    dataset.rename(tmp_path / "mine.db")
    monkeypatch.chdir(tmp_path)
    has_torch = importlib.util.find_spec("torch") is not None
    has_pandas = importlib.util.find_spec("pandas") is not None
    namespace, skipped = {}, []
    for snippet in SNIPPETS:
        if "import torch" in snippet and not has_torch or "to_pandas" in snippet and not has_pandas:
            skipped.append(snippet)
            continue
        with contextlib.redirect_stdout(io.StringIO()):
            try:
                exec(compile(snippet, str(DOCUMENT), "exec"), namespace)
            except Exception as error:
                pytest.fail(f"{error!r} in\n{snippet}")
    assert len(skipped) <= 2
