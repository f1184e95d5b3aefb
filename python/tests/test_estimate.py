# SPDX-License-Identifier: Apache-2.0
"""jc.estimate, jc.layers, jc.compare, jc.explain, jc.zoo on names, files and bytes."""

import html.parser
import os

import pytest

import joulecast as jc


def test_totals_are_those_of_the_network():
    estimate = jc.estimate("resnet18")
    assert estimate.model == "resnet18"
    assert estimate.batch == 1
    # torchvision's documentation: 11,689,512 parameters; fvcore counts 1,814,073,344 MACs.
    assert estimate.params == 11_689_512
    assert estimate.macs == 1_814_073_344
    assert 0 < estimate.energy_j_low < estimate.energy_j < estimate.energy_j_high
    assert estimate.power_w == pytest.approx(estimate.energy_j / estimate.time_s)
    assert sum(estimate.coverage.values()) == pytest.approx(1)
    assert estimate.warnings == []


def test_a_batch_multiplies_the_work():
    eight = jc.estimate("resnet18", batch=8)
    assert eight.batch == 8
    assert eight.macs == 8 * 1_814_073_344
    assert eight.params == 11_689_512
    assert eight.energy_j_per_sample == pytest.approx(eight.energy_j / 8)


@pytest.mark.parametrize("model", ["alexnet", "vgg16", "mobilenet_v2", "swin_t"])
def test_a_dict_is_what_the_command_prints(program, model):
    assert jc.estimate(model, batch=4).to_dict() == program(
        "estimate", model, "--batch", 4, "--format", "json")
    assert jc.layers(model, batch=4).to_dict() == program(
        "layers", model, "--batch", 4, "--format", "json")


def test_a_file_is_read_as_the_command_reads_it(program, onnx_file):
    ours = jc.estimate(onnx_file, shape={"x": (2, 3, 64, 64)}, dtype="f16")
    assert ours.to_dict() == program("estimate", onnx_file, "--shape", "x=2x3x64x64", "--dtype",
                                     "f16", "--format", "json")
    assert ours["conv"].macs == 2 * 64 * 64 * 27 * 8


def test_bytes_are_read_like_their_file(onnx_file):
    from_file = jc.estimate(os.fspath(onnx_file))
    data = onnx_file.read_bytes()
    for each in (data, bytearray(data), memoryview(data)):
        from_bytes = jc.estimate(each)
        assert from_bytes.energy_j == from_file.energy_j
        assert [layer.name for layer in from_bytes] == ["conv", "relu"]
    assert jc.layers(data).macs == 32 * 32 * 27 * 8


def test_a_shape_without_a_name_is_that_of_the_only_input(onnx_file):
    assert jc.layers(onnx_file, shape=(2, 3, 16, 16)).macs == 2 * 16 * 16 * 27 * 8
    assert jc.layers(onnx_file, shape="x=2x3x16x16").macs == 2 * 16 * 16 * 27 * 8


def test_layers_go_by_number_name_and_slice():
    estimate = jc.estimate("alexnet")
    assert len(estimate) == len(estimate.layers) == len(list(estimate))
    assert estimate[0].name == "features.0"
    assert estimate[-1].name == "classifier.6"
    assert estimate["classifier.6"].index == len(estimate) - 1
    assert [layer.name for layer in estimate[:2]] == ["features.0", "features.1"]
    assert "features.0" in estimate
    assert "features.99" not in estimate.layers
    assert sum(layer.energy_j for layer in estimate) == pytest.approx(estimate.energy_j)
    assert sum(layer.share for layer in estimate) == pytest.approx(1)
    with pytest.raises(IndexError, match="there is no layer 999"):
        estimate[999]
    with pytest.raises(KeyError, match="did you mean 'features.0'"):
        estimate["feature.0"]
    with pytest.raises(TypeError):
        estimate[0.5]


def test_a_layer_says_what_it_is():
    layer = jc.estimate("alexnet", batch=2)["features.0"]
    assert layer.type == "conv2d"
    assert layer.op == "Conv"
    # 64 channels of 55x55, each from 3x11x11 numbers.
    assert layer.macs == 2 * 64 * 55 * 55 * 3 * 11 * 11
    assert layer.macs_with_bias == layer.macs + 2 * 64 * 55 * 55
    assert layer.params == 64 * 3 * 11 * 11 + 64
    assert layer.energy_j_low < layer.energy_j < layer.energy_j_high
    assert layer.power_w == pytest.approx(layer.energy_j / layer.time_s)
    assert layer.coverage == "fitted"
    assert layer.spec.startswith("conv2d batch=2 in=3 out=64 image=224x224")
    assert isinstance(layer, jc.Layer)


def test_a_layers_dict_is_its_part_of_the_models():
    estimate = jc.estimate("mobilenet_v2")
    assert [layer.to_dict() for layer in estimate] == estimate.to_dict()["layers"]
    layers = jc.layers("mobilenet_v2")
    assert [layer.to_dict() for layer in layers] == layers.to_dict()["layers"]


def test_layers_outlive_their_estimate():
    layer = jc.estimate("alexnet").layers[3]
    rows = jc.layers("alexnet")[2:4]
    assert layer.index == 3
    assert [row.index for row in rows] == [2, 3]


def test_what_is_known_of_an_unknown_operator_is_its_traffic(tmp_path):
    import onnx_file as writer
    data = writer.model([writer.node("Frobnicate", ["x"], ["y"], "odd")],
                        [writer.value_info("x", [1, 8])], [writer.value_info("y", [1, 8])])
    layer = jc.estimate(data)["odd"]
    assert layer.type == "unknown"
    assert layer.coverage == "unknown"
    assert layer.macs is None and layer.params is None and layer.spec is None
    assert layer.op == "Frobnicate"
    assert "Frobnicate" in repr(layer)
    assert layer.note == "no layer type reads this operator"
    assert layer.to_dict() == jc.estimate(data).to_dict()["layers"][0]


def test_compare_is_what_the_command_prints(program):
    both = jc.compare("alexnet", "vgg11", batch=8)
    assert both.to_dict() == program("compare", "alexnet", "vgg11", "--batch", 8, "--format",
                                     "json")
    assert len(both) == 2
    assert [each.model for each in both] == ["alexnet", "vgg11"]
    assert both["vgg11"].energy_j == both[1].energy_j > both[0].energy_j
    with pytest.raises(KeyError):
        both["vgg13"]
    with pytest.raises(IndexError):
        both[2]


def test_explain_is_what_the_command_prints(program):
    assert jc.explain("alexnet", batch=2).to_dict() == program(
        "explain", "alexnet", "--batch", 2, "--format", "json")
    spec = "conv2d batch=8 in=64 out=128 image=56 kernel=3"
    assert jc.explain(layer=spec).to_dict() == program("explain", "--layer", spec, "--format",
                                                       "json")
    assert "arithm." in str(jc.explain("alexnet"))


def test_the_zoo_lists_what_estimates():
    models = jc.zoo()
    assert len(models) == 80
    assert models[0].name == "alexnet"
    assert {each.name: each.input_shape for each in models}["inception_v3"] == (1, 3, 299, 299)


def test_devices_say_where_they_are_from(program):
    devices = jc.devices()
    assert [device.to_dict() for device in devices] == program("devices", "--format",
                                                               "json")["devices"]
    default = jc.device()
    assert default.kind == "measured"
    assert default.training_rows > 0
    assert jc.estimate("alexnet", device=default).device == default.name
    assert jc.estimate("alexnet").provenance.name == default.name


def test_a_broken_profile_hides_no_other(tmp_path, monkeypatch):
    (tmp_path / "broken.json").write_text("{")
    monkeypatch.setenv("JOULECAST_PROFILES", str(tmp_path))
    with pytest.warns(UserWarning, match="broken.json"):
        assert jc.device().name in [device.name for device in jc.devices()]


def test_printing_shows_the_commands_table(program):
    assert str(jc.estimate("alexnet", batch=8)) == program("estimate", "alexnet", "--batch", 8)
    assert str(jc.layers("alexnet")) == program("layers", "alexnet")
    assert repr(jc.estimate("alexnet", batch=8)).startswith("<joulecast.Estimate alexnet, batch 8")
    assert repr(jc.estimate("alexnet")[0]).startswith(
        "<joulecast.LayerEstimate 0 features.0: conv2d")


class Fragment(html.parser.HTMLParser):
    """Collects tags and text; complains about scripts."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.text = [], ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        assert tag not in ("script", "link", "iframe")
        assert not any(name.startswith("on") for name, _ in attrs)
        self.tags.append(tag)

    def handle_data(self, data):
        self.text += data


def test_notebooks_show_tables_and_escape_names():
    import onnx_file as writer
    name = "<script>alert('x')</script>"
    data = writer.model([writer.node("Relu", ["x"], ["y"], name)],
                        [writer.value_info("x", [1, 8])], [writer.value_info("y", [1, 8])])
    for shown in (jc.estimate(data), jc.layers(data)):
        fragment = Fragment(shown._repr_html_())
        assert name in fragment.text
        assert "details" in fragment.tags and "table" in fragment.tags
    assert "vgg11" in Fragment(jc.compare("alexnet", "vgg11")._repr_html_()).text


def test_names_that_are_not_utf8_are_shown_all_the_same():
    import onnx_file as writer
    data = writer.model([writer.node("Relu", ["x"], ["y"], b"caf\xe9")],
                        [writer.value_info("x", [1, 8])], [writer.value_info("y", [1, 8])])
    estimate = jc.estimate(data)
    assert estimate[0].name == "caf�"
    assert estimate.to_dict()["layers"][0]["name"] == "caf�"
    assert "caf" in estimate._repr_html_()


def test_pandas_has_a_row_a_layer():
    pytest.importorskip("pandas")
    estimate = jc.estimate("alexnet")
    table = estimate.to_pandas()
    assert list(table["name"]) == [layer.name for layer in estimate]
    assert table["energy_j"].sum() == pytest.approx(estimate.energy_j)
    assert list(jc.layers("alexnet").to_pandas()["macs"]) == [
        layer.macs for layer in jc.layers("alexnet")]
    assert list(jc.compare("alexnet", "vgg11").to_pandas()["model"]) == ["alexnet", "vgg11"]


def test_without_pandas_the_advice_is_to_install_it(monkeypatch):
    import sys
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match="pip install pandas"):
        jc.estimate("alexnet").to_pandas()


def test_a_language_model_takes_a_request(program, llama_config):
    request = jc.estimate(llama_config, batch=2, prompt=16, generate=4)
    assert request.to_dict() == program("estimate", llama_config, "--batch", 2, "--prompt", 16,
                                        "--generate", 4, "--format", "json")
    # Two blocks of 4 x 64^2 (attention) and 3 x 64 x 128 (gated MLP) and two norms of 64, a norm,
    # and two matrices of 100 x 64.
    assert request.params == 2 * (4 * 64**2 + 3 * 64 * 128 + 2 * 64) + 64 + 2 * 100 * 64
    assert request.prefill.passes == 1
    assert request.decode.passes == 3  # the prompt's pass yields the first token
    assert request.energy_j == pytest.approx(request.prefill.energy_j + request.decode.energy_j)
    assert request.macs == request.prefill.macs + request.decode.macs
    assert request.prefill.one_pass.batch == 2
    assert len(request.decode.one_pass) > 0
    assert "prompt 16" in repr(request)
    assert "decode" in Fragment(request._repr_html_()).text


def test_an_encoder_generates_nothing(tmp_path):
    import json
    path = tmp_path / "config.json"
    path.write_text(json.dumps({
        "model_type": "bert", "hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2,
        "num_attention_heads": 4, "vocab_size": 100, "max_position_embeddings": 128,
        "type_vocab_size": 2, "hidden_act": "gelu"}))
    request = jc.estimate(path, prompt=32)
    assert request.generate == 0
    assert request.decode is None
    assert request.energy_j_per_generated_token is None
