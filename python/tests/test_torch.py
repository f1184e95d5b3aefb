# SPDX-License-Identifier: Apache-2.0
"""Modules of PyTorch, exported to ONNX in memory."""

import pytest

import joulecast as jc

torch = pytest.importorskip("torch", reason="needs PyTorch (Debian's python3-torch)")


class Small(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = torch.nn.Conv2d(3, 8, 3, padding=1)
        self.norm = torch.nn.BatchNorm2d(8)
        self.drop = torch.nn.Dropout(0.5)
        self.fc = torch.nn.Linear(8, 10)

    def forward(self, image):
        x = self.drop(torch.relu(self.norm(self.conv(image))))
        return self.fc(x.mean((2, 3)))


def test_a_module_is_counted_as_it_runs():
    estimate = jc.estimate(Small(), example_input=torch.zeros(2, 3, 16, 16))
    assert estimate.model == "Small"
    assert estimate.batch == 2
    # 27 numbers to each of 8 channels of 16x16, and 8 x 10.
    assert estimate.macs == 2 * (16 * 16 * 27 * 8 + 8 * 10)
    assert estimate.params == (27 * 8 + 8) + 2 * 8 + (8 * 10 + 10)
    types = [layer.type for layer in estimate]
    assert "batchnorm2d" in types, "it does not melt into the convolution: PyTorch runs it"


def test_it_is_put_back_as_it_was_found():
    module = Small()
    module.norm.eval()
    before = {name: tensor.clone() for name, tensor in module.state_dict().items()}
    jc.estimate(module, example_input=torch.ones(1, 3, 16, 16))
    assert module.training and module.conv.training and not module.norm.training
    for name, tensor in module.state_dict().items():
        assert torch.equal(tensor, before[name]), name
    assert all(parameter.grad is None for parameter in module.parameters())
    assert torch.is_grad_enabled()


def test_it_is_put_back_even_if_it_cannot_be_exported():
    class Broken(Small):
        def forward(self, image):
            raise RuntimeError("not today")

    module = Broken()
    with pytest.raises(jc.InputError, match="cannot export Broken to ONNX: not today"):
        jc.estimate(module, example_input=torch.zeros(1, 3, 16, 16))
    assert module.training


def test_another_batch_than_the_examples():
    one = jc.layers(Small(), example_input=torch.zeros(1, 3, 16, 16), batch=32)
    many = jc.layers(Small(), example_input=torch.zeros(32, 3, 16, 16))
    assert one.batch == many.batch == 32
    assert one.macs == many.macs
    assert [layer.spec for layer in one if layer.macs] == [
        layer.spec for layer in many if layer.macs]


def test_arguments_by_place_and_by_name():
    class Two(torch.nn.Module):
        def forward(self, a, b):
            return a @ b

    a, b = torch.zeros(4, 8), torch.zeros(8, 16)
    assert jc.layers(Two(), example_input=(a, b)).macs == 4 * 8 * 16
    assert jc.layers(Two(), example_input={"a": a, "b": b}).macs == 4 * 8 * 16


def test_what_is_missing_is_said():
    with pytest.raises(jc.UsageError, match="needs example_input="):
        jc.estimate(Small())
    with pytest.raises(jc.UsageError, match="shape= does not go with a torch.nn.Module"):
        jc.estimate(Small(), example_input=torch.zeros(1, 3, 8, 8), shape=(1, 3, 8, 8))
    with pytest.raises(jc.UsageError, match="an example_input of tensors only"):
        jc.estimate(Small(), example_input={"image": torch.zeros(1, 3, 8, 8)}, batch=4)


def test_weights_beyond_protobufs_limit_are_refused_before_they_are_copied():
    class Huge(torch.nn.Module):
        def __init__(self):
            super().__init__()
            # 4 GB that take no memory: one number, seen from everywhere.
            self.weight = torch.nn.Parameter(torch.zeros(1).expand(1_000_000_000),
                                             requires_grad=False)

    with pytest.raises(jc.UsageError, match="Huge has 4.0 GB of weights"):
        jc.estimate(Huge(), example_input=torch.zeros(1))


@pytest.mark.parametrize("name", ["resnet18", "mobilenet_v2"])
def test_torchvisions_networks_are_those_of_the_zoo(name):
    torchvision = pytest.importorskip("torchvision", reason="needs torchvision")
    module = getattr(torchvision.models, name)(weights=None)
    ours = jc.estimate(name, batch=2)
    theirs = jc.estimate(module, example_input=torch.zeros(2, 3, 224, 224))
    assert theirs.macs == ours.macs
    assert theirs.params == ours.params
    assert theirs.energy_j == pytest.approx(ours.energy_j, rel=0.02)


def test_compare_takes_modules_and_names_together():
    both = jc.compare(Small(), "alexnet", example_input=torch.zeros(1, 3, 16, 16))
    assert [each.model for each in both] == ["Small", "alexnet"]
