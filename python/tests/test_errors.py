# SPDX-License-Identifier: Apache-2.0
"""Every failure is a joulecast.Error by kind, in Python's words."""

import pytest

import joulecast as jc


@pytest.mark.parametrize("kind, others", [
    (jc.UsageError, [ValueError]),
    (jc.InputError, [ValueError]),
    (jc.MissingFileError, [jc.InputError, FileNotFoundError, OSError]),
    (jc.DeviceError, [LookupError]),
    (jc.AccessError, [PermissionError]),
])
def test_a_kind_is_what_python_users_catch(kind, others):
    assert issubclass(kind, jc.Error)
    for other in others:
        assert issubclass(kind, other)
    assert str(kind("what was tried")) == "what was tried"


def test_an_unknown_name_tells_the_closest():
    with pytest.raises(jc.UsageError, match="did you mean 'resnet50'"):
        jc.estimate("resnet5O")


def test_a_missing_file_is_a_file_not_found(tmp_path):
    with pytest.raises(FileNotFoundError, match="missing.onnx"):
        jc.estimate(tmp_path / "missing.onnx")
    with pytest.raises(FileNotFoundError, match="missing.json"):
        jc.estimate("alexnet", device=tmp_path / "missing.json")
    with pytest.raises(FileNotFoundError, match="missing.db"):
        jc.fit(tmp_path / "missing.db")


def test_a_file_that_is_no_model_is_told_what_it_is(tmp_path):
    path = tmp_path / "photo.onnx"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    with pytest.raises(jc.InputError, match="photo.onnx: this is a PNG image"):
        jc.estimate(path)
    with pytest.raises(jc.InputError, match="this is a PNG image"):
        jc.estimate(path.read_bytes())
    with pytest.raises(jc.InputError, match="empty"):
        jc.layers(b"")


def test_an_unknown_device_lists_the_known():
    with pytest.raises(jc.DeviceError, match="unknown device 'cray-1'; known: .*xeon-gold-5120"):
        jc.estimate("alexnet", device="cray-1")


def test_arguments_that_contradict_each_other():
    with pytest.raises(jc.UsageError, match="batch=4 contradicts shape='input=8x3x224x224'"):
        jc.estimate("alexnet", batch=4, shape={"input": (8, 3, 224, 224)})
    with pytest.raises(jc.UsageError, match="no element type 'f8x'"):
        jc.estimate("alexnet", dtype="f8x")
    with pytest.raises(jc.UsageError, match="write 'input=1x3x224x224'"):
        jc.estimate("alexnet", shape="224x224")
    with pytest.raises(jc.UsageError, match="example_input= is for a torch.nn.Module"):
        jc.estimate("alexnet", example_input=1)
    with pytest.raises(jc.UsageError, match="alexnet is no language model"):
        jc.estimate("alexnet", prompt=5)
    with pytest.raises(jc.UsageError, match="give the models to compare"):
        jc.compare()
    with pytest.raises(jc.UsageError, match="one of the two"):
        jc.explain()


def test_an_open_shape_is_asked_for_in_pythons_words():
    import onnx_file as writer
    data = writer.model([writer.node("Relu", ["x"], ["y"])],
                        [writer.value_info("x", ["batch", "seq", 8])],
                        [writer.value_info("y", ["batch", "seq", 8])])
    with pytest.raises(jc.UsageError, match="bind it with shape='seq=N' or shape='x=1xNx8'"):
        jc.layers(data)
    assert jc.layers(data, shape={"seq": 5})[0].bytes == 2 * 5 * 8 * 4


def test_a_nameless_shape_needs_one_input():
    import onnx_file as writer
    data = writer.model([writer.node("Add", ["a", "b"], ["y"])],
                        [writer.value_info("a", [1, 8]), writer.value_info("b", [1, 8])],
                        [writer.value_info("y", [1, 8])])
    with pytest.raises(jc.UsageError, match="the model has the inputs a, b"):
        jc.layers(data, shape=(2, 8))


def test_a_language_model_is_asked_for_its_request(llama_config):
    with pytest.raises(jc.UsageError, match="prompt=512, generate=128"):
        jc.estimate(llama_config)
    with pytest.raises(jc.UsageError, match="do not go with"):
        jc.estimate(llama_config, prompt=5, shape={"prompt": 5})


@pytest.mark.parametrize("model", [None, 5, ["alexnet"], object()])
def test_what_is_no_model_is_a_type_error(model):
    with pytest.raises(TypeError, match="a model is a name"):
        jc.estimate(model)


@pytest.mark.parametrize("batch", [0, -1, 2**62])
def test_a_batch_that_cannot_be(batch):
    with pytest.raises(jc.Error):
        jc.estimate("alexnet", batch=batch)


@pytest.mark.parametrize("arguments, said", [
    ({"batch": 1.5}, "batch= is a whole number, not 1.5"),
    ({"batch": "8"}, "batch= is a whole number, not '8'"),
    ({"shape": {"input": [1.5]}}, "each extent of shape= is a whole number, not 1.5"),
    ({"prompt": 0.5}, "prompt= is a whole number, not 0.5"),
    ({"device": 5}, "not int"),
])
def test_arguments_of_other_types(arguments, said):
    with pytest.raises(TypeError, match=said):
        jc.estimate("alexnet", **arguments)


def test_a_number_beyond_64_bits():
    with pytest.raises(OverflowError, match="beyond 64 bits"):
        jc.estimate("alexnet", batch=2**70)


def test_integers_of_other_kinds_are_integers():
    class Eight:
        def __index__(self):
            return 8

    assert jc.estimate("alexnet", batch=Eight()).batch == 8
    assert jc.layers("alexnet", shape={"input": [Eight(), 3, 224, 224]}).batch == 8


def test_bad_requests_to_fit(dataset):
    with pytest.raises(jc.UsageError, match="no origin 'nowhere'"):
        jc.fit(dataset, origin="nowhere")
    with pytest.raises(jc.UsageError, match="no cleaning rule 'soap'"):
        jc.fit(dataset, cleaning="soap")
    with pytest.raises(jc.UsageError, match="l9_bytes"):
        jc.fit(dataset, traits={"l9_bytes": 1})
    with pytest.raises(jc.InputError, match="no rows of net-total"):
        jc.fit(dataset, origin=["net-total"])
