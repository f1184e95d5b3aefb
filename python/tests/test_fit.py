# SPDX-License-Identifier: Apache-2.0
"""jc.fit: from a dataset to a device that forecasts."""

import json

import pytest

import joulecast as jc


def test_a_fit_finds_the_cost_that_was_put_in(program, dataset, tmp_path):
    fit = jc.fit(dataset, tmp_path / "board.json", name="board", title="A made-up board")
    assert fit.device.name == "board"
    assert fit.layers["linear"]["training_rows"] == 120
    assert fit.layers["linear"]["cv_mape_percent"] < 3
    assert "linear" in str(fit)

    # 64 x 1024 x 1024 MACs at 2 J a GMAC, and 1 mJ for the call.
    import onnx_file as writer
    data = writer.model([writer.node("MatMul", ["x", "w"], ["y"], "fc")],
                        [writer.value_info("x", [64, 1024])],
                        [writer.value_info("y", [64, 1024])], [writer.tensor("w", [1024, 1024])])
    expected = 1e-3 + 2 * 64 * 1024**2 / 1e9
    forecast = jc.estimate(data, device=fit.device)
    assert forecast.device == "board"
    assert forecast["fc"].energy_j == pytest.approx(expected, rel=0.05)
    assert forecast["fc"].coverage == "fitted"

    # The same of the file, and the file the command's own.
    assert jc.estimate(data, device=tmp_path / "board.json").energy_j == forecast.energy_j
    program("fit", dataset, "--name", "board", "--title", "A made-up board", "-o",
            tmp_path / "commands.json")
    assert json.loads((tmp_path / "board.json").read_text()) == json.loads(
        (tmp_path / "commands.json").read_text())


def test_a_fit_without_output_writes_nothing(dataset, tmp_path):
    before = sorted(tmp_path.iterdir())
    fit = jc.fit(dataset, residual=False)
    assert sorted(tmp_path.iterdir()) == before
    assert fit.device.name == "made-up-board"
    assert fit.to_dict()["profile"] is None


def test_a_profile_that_changed_is_read_again(dataset, tmp_path):
    path = tmp_path / "board.json"
    jc.fit(dataset, path, name="board", title="First")
    assert jc.device(path).title == "First"
    held = jc.device(path)
    jc.fit(dataset, path, name="board", title="Second")
    assert jc.device(path).title == "Second"
    assert held.title == "First"
