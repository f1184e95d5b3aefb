# SPDX-License-Identifier: Apache-2.0
"""One small model per operator: the shapes that ONNX's own inference finds, and MACs by hand.

A result's shape is told by a probe: joined with an input of the expected shape along a new axis,
which only works if both have the same extents.
"""

import json
import warnings

from harness import TestCase, run

try:
    import numpy
    import onnx
    from onnx import TensorProto, helper
except ImportError:
    onnx = None


class Model:
    """A graph of one operator or a few, written with the onnx package."""

    def __init__(self, opset=17):
        self.opset = opset
        self.nodes, self.inputs, self.weights = [], [], []
        self.known = {}  # shapes that onnx leaves open

    def input(self, *shape, dtype="FLOAT"):
        name = f"x{len(self.inputs)}"
        code = TensorProto.DataType.Value(dtype)
        self.inputs.append(helper.make_tensor_value_info(name, code, shape))
        return name

    def weight(self, *shape, dtype="FLOAT"):
        name = f"w{len(self.weights)}"
        size = 1
        for extent in shape:
            size *= extent
        code = TensorProto.DataType.Value(dtype)
        self.weights.append(helper.make_tensor(name, code, shape, [0] * size))
        return name

    def node(self, op, *inputs, results=1, **attributes):
        """Names of the results: one, or a list where there are several."""
        names = [f"{op}{len(self.nodes)}_{i}" for i in range(results)]
        self.nodes.append(helper.make_node(op, list(inputs), names, names[0], **attributes))
        return names[0] if results == 1 else names

    def build(self, outputs=()):
        infos = [helper.make_empty_tensor_value_info(name) for name in outputs]
        graph = helper.make_graph(self.nodes, "test", self.inputs, infos, self.weights)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", self.opset)])

    def infer(self, names):
        """Shapes of results by ONNX's own inference."""
        model = onnx.shape_inference.infer_shapes(self.build(names), strict_mode=True)
        infos = {info.name: info for info in [*model.graph.value_info, *model.graph.output]}
        shapes = []
        for name in names:
            if name in self.known:
                shapes.append(self.known[name])
                continue
            dims = infos[name].type.tensor_type.shape.dim
            assert infos[name].type.tensor_type.HasField("shape"), f"onnx infers no {name}"
            assert all(dim.HasField("dim_value") for dim in dims), f"onnx leaves {name} open"
            shapes.append([dim.dim_value for dim in dims])
        return shapes

    def probe(self, name, shape):
        axis = f"axis_{name}"
        self.weights.append(helper.make_tensor(axis, TensorProto.INT64, [1], [0]))
        row = self.node("Unsqueeze", name, axis)
        return self.node("Concat", row, self.input(1, *shape), axis=0)


def conv(model, *image, out, kernel, **attributes):
    """A Conv with bias of a batch of images."""
    group = attributes.get("group", 1)
    weights = model.weight(out, image[1] // group, *kernel)
    return model.node("Conv", model.input(*image), weights, model.weight(out), **attributes)


def transposed(model, *image, out, kernel, **attributes):
    group = attributes.get("group", 1)
    weights = model.weight(image[1], out // group, *kernel)
    return model.node("ConvTranspose", model.input(*image), weights, **attributes)


def recurrent(model, op, gates, directions=1, results=2, **attributes):
    """7 steps, batch 2, 5 inputs, 3 hidden."""
    weights = [model.weight(directions, gates * 3, width) for width in (5, 3)]
    bias = model.weight(directions, 2 * gates * 3)
    return model.node(op, model.input(7, 2, 5), *weights, bias, results=results, hidden_size=3,
                      **attributes)


def norm(model, op, shape, weights, **attributes):
    return model.node(op, model.input(*shape), *[model.weight(*each) for each in weights],
                      **attributes)


def integers(model):
    return model.input(2, 3, 8, 8, dtype="UINT8"), model.weight(4, 3, 3, 3, dtype="INT8")


def quantised_conv(model):
    x, w = integers(model)
    scale, zero = model.weight(), model.weight(dtype="UINT8")
    return model.node("QLinearConv", x, scale, zero, w, scale, model.weight(dtype="INT8"), scale,
                      zero)


def quantised_matmul(model):
    scale, zero = model.weight(), model.weight(dtype="UINT8")
    return model.node("QLinearMatMul", model.input(2, 3, 5, dtype="UINT8"), scale, zero,
                      model.weight(5, 7, dtype="UINT8"), scale, zero, scale, zero)


def einsum(model, equation, *shapes):
    """onnx infers no more than the rank: numpy says the shape."""
    name = model.node("Einsum", *[model.input(*shape) for shape in shapes], equation=equation)
    model.known[name] = list(numpy.einsum(equation, *map(numpy.zeros, shapes)).shape)
    return name


# name: (the graph, MACs by hand)
CASES = {
    "conv1d": (lambda m: conv(m, 2, 4, 9, out=6, kernel=(3,), group=2, strides=[2], pads=[1, 2]),
               2 * 6 * 5 * 2 * 3),
    "conv2d same": (lambda m: conv(m, 2, 3, 7, 8, out=4, kernel=(3, 4), strides=[2, 3],
                                   auto_pad="SAME_LOWER"), 2 * 4 * 4 * 3 * 3 * 12),
    "conv2d depthwise": (lambda m: conv(m, 2, 8, 7, 7, out=16, kernel=(3, 3), group=8),
                         2 * 16 * 25 * 9),
    "conv3d": (lambda m: conv(m, 1, 2, 4, 5, 6, out=3, kernel=(2, 3, 3), strides=[1, 2, 1],
                              pads=[0, 1, 0, 0, 1, 0], dilations=[1, 1, 2]),
               3 * (3 * 3 * 2) * 2 * 18),
    "convtranspose1d": (lambda m: transposed(m, 2, 4, 9, out=6, kernel=(3,), strides=[2],
                                             pads=[1, 1], output_padding=[1], group=2),
                        2 * 4 * 9 * 3 * 3),
    "convtranspose2d": (lambda m: transposed(m, 2, 4, 5, 6, out=3, kernel=(3, 2), strides=[3, 2],
                                             dilations=[2, 1], pads=[1, 0, 0, 1]),
                        2 * 4 * 30 * 3 * 6),
    "convtranspose2d to a shape": (lambda m: transposed(m, 1, 1, 3, 3, out=2, kernel=(3, 3),
                                                        strides=[3, 2], output_shape=[10, 8]),
                                   9 * 2 * 9),
    "convtranspose2d same": (lambda m: transposed(m, 1, 1, 3, 3, out=2, kernel=(3, 3),
                                                  strides=[2, 2], auto_pad="SAME_UPPER"),
                             9 * 2 * 9),
    "convtranspose3d": (lambda m: transposed(m, 1, 2, 3, 4, 5, out=3, kernel=(2, 2, 2),
                                             strides=[2, 2, 2]), 2 * 60 * 3 * 8),
    "matmul broadcast": (lambda m: m.node("MatMul", m.input(5, 1, 3, 4), m.input(2, 4, 6)),
                         10 * 3 * 4 * 6),
    "matmul vector": (lambda m: m.node("MatMul", m.input(4), m.input(5, 4, 6)), 5 * 4 * 6),
    "gemm": (lambda m: m.node("Gemm", m.input(4, 3), m.weight(5, 4), m.weight(5), transA=1,
                              transB=1), 3 * 4 * 5),
    "matmul integer": (lambda m: m.node("MatMulInteger", m.input(2, 3, 5, dtype="UINT8"),
                                        m.weight(5, 7, dtype="INT8")), 2 * 3 * 5 * 7),
    "qlinearmatmul": (quantised_matmul, 2 * 3 * 5 * 7),
    "conv integer": (lambda m: m.node("ConvInteger", *integers(m), pads=[1, 1, 1, 1]),
                     2 * 4 * 64 * 27),
    "qlinearconv": (quantised_conv, 2 * 4 * 36 * 27),
    "layernorm": (lambda m: norm(m, "LayerNormalization", (2, 3, 4), [(3, 4), (3, 4)], axis=1,
                                 results=3), 0),
    "instancenorm": (lambda m: norm(m, "InstanceNormalization", (2, 3, 4, 5), [(3,), (3,)]), 0),
    "batchnorm3d": (lambda m: norm(m, "BatchNormalization", (2, 3, 4, 5, 6), [(3,)] * 4), 0),
    "batchnorm1d": (lambda m: norm(m, "BatchNormalization", (2, 3), [(3,)] * 4), 0),
    "lpnorm": (lambda m: m.node("LpNormalization", m.input(2, 3, 4), axis=1), 0),
    "mvn": (lambda m: m.node("MeanVarianceNormalization", m.input(2, 3, 4, 5)), 0),
    "lstm": (lambda m: recurrent(m, "LSTM", 4, results=3), 7 * 2 * 12 * 8),
    "lstm both ways": (lambda m: recurrent(m, "LSTM", 4, 2, results=3, direction="bidirectional"),
                       2 * 7 * 2 * 12 * 8),
    "gru": (lambda m: recurrent(m, "GRU", 3, direction="reverse"), 7 * 2 * 9 * 8),
    "rnn": (lambda m: recurrent(m, "RNN", 1), 7 * 2 * 3 * 8),
    "embedding": (lambda m: m.node("Gather", m.weight(11, 6), m.input(2, 7, dtype="INT64")), 0),
    "gather": (lambda m: m.node("Gather", m.input(2, 7, 6), m.input(3, 4, dtype="INT64"), axis=-2),
               0),
    "einsum attention": (lambda m: einsum(m, "bhqd,bhkd->bhqk", (2, 8, 3, 5), (2, 8, 7, 5)),
                         16 * 3 * 5 * 7),
    "einsum hidden axes": (lambda m: einsum(m, "...ij,...jk->...ik", (4, 3, 5), (1, 5, 7)),
                           4 * 3 * 5 * 7),
    "einsum implied": (lambda m: einsum(m, "bj,ja", (3, 5), (5, 2)), 3 * 5 * 2),
    "einsum diagonal": (lambda m: einsum(m, "bii->bi", (2, 3, 3)), 0),
    "quantize": (lambda m: m.node("QuantizeLinear", m.input(2, 3), m.weight(),
                                  m.weight(dtype="INT8")), 0),
    "dynamic quantize": (lambda m: m.node("DynamicQuantizeLinear", m.input(2, 3), results=3), 0),
    "dequantize": (lambda m: m.node("DequantizeLinear", m.input(2, 3, dtype="INT8"), m.weight()),
                   0),
}


class Operators(TestCase):
    def layers(self, path):
        result = run("layers", path, "--format", "json")
        self.assert_done(result)
        return json.loads(result.stdout)

    def test_shapes_are_onnxs_and_macs_those_by_hand(self):
        if onnx is None:
            self.skipTest("needs the onnx package (Debian's python3-onnx)")
        for name, (graph, macs) in CASES.items():
            with self.subTest(name):
                model = Model()
                results = graph(model)
                results = results if isinstance(results, list) else [results]
                probes = [model.probe(each, shape)
                          for each, shape in zip(results, model.infer(results), strict=True)]
                path = self.write("operator.onnx", model.build(probes).SerializeToString())
                counted = self.layers(path)
                self.assertNotIn("unknown", [layer["type"] for layer in counted["layers"]])
                self.assertEqual(macs, counted["macs"])

    def test_the_probe_sees_a_wrong_shape(self):
        if onnx is None:
            self.skipTest("needs the onnx package (Debian's python3-onnx)")
        model = Model()
        probe = model.probe(model.node("Relu", model.input(2, 3)), [2, 4])
        path = self.write("operator.onnx", model.build([probe]).SerializeToString())
        self.assert_refused(run("layers", path), [3], "do not fit")

    def test_dequantised_weights_make_a_convolution_of_integers(self):
        if onnx is None:
            self.skipTest("needs the onnx package (Debian's python3-onnx)")
        model = Model()
        scale, zero = model.weight(), model.weight(dtype="UINT8")

        def rounded(x):
            return model.node("DequantizeLinear", model.node("QuantizeLinear", x, scale, zero),
                              scale, zero)

        weights = model.node("DequantizeLinear", model.weight(4, 3, 3, 3, dtype="INT8"), scale)
        conv_ = model.node("Conv", rounded(model.input(2, 3, 8, 8)), weights)
        result = rounded(model.node("Relu", conv_))
        counted = self.layers(self.write("qdq.onnx", model.build([result]).SerializeToString()))
        self.assertEqual(["quantize", "requantize", "conv2d", "relu", "requantize", "dequantize"],
                         [layer["type"] for layer in counted["layers"]])
        self.assertRegex(counted["layers"][2]["spec"], "bias=0 dtype=i8$")
        self.assertEqual((2 * 4 * 36 * 27, 4 * 27), (counted["macs"], counted["params"]))


def modules():
    """name: (a PyTorch module, its input's shape, MACs by hand). 2 samples, 7 steps or tokens."""
    from torch import nn

    class Attention(nn.Module):
        def __init__(self):
            super().__init__()
            self.attention = nn.MultiheadAttention(16, 4, batch_first=True)

        def forward(self, x):
            return self.attention(x, x, x, need_weights=False)[0]

    class Last(nn.Module):
        """The results of a recurrent layer without its states."""

        def __init__(self, layer):
            super().__init__()
            self.layer = layer

        def forward(self, x):
            return self.layer(x)[0]

    upsample = nn.Sequential(nn.ConvTranspose2d(8, 6, 3, stride=2, padding=1, output_padding=1),
                             nn.GroupNorm(3, 6), nn.InstanceNorm2d(6, affine=True))
    signal = nn.Sequential(nn.Conv1d(4, 8, 3, padding=1, groups=4),
                           nn.ConvTranspose1d(8, 2, 4, stride=2))
    volume = nn.Sequential(nn.Conv3d(2, 4, 3), nn.ConvTranspose3d(4, 2, 2))
    return {
        "lstm": (Last(nn.LSTM(5, 3, num_layers=2, bidirectional=True)), (7, 2, 5),
                 2 * 7 * 2 * (12 * (5 + 3) + 12 * (6 + 3))),
        "gru": (Last(nn.GRU(5, 3, batch_first=True)), (2, 7, 5), 7 * 2 * 9 * 8),
        "attention": (Attention(), (2, 7, 16), 2 * (7 * 4 * 16**2 + 2 * 7 * 7 * 16)),
        "upsample": (upsample, (2, 8, 5, 5), 2 * 8 * 25 * 6 * 9),
        "signal": (signal, (2, 4, 7), 2 * 8 * 7 * 3 + 2 * 8 * 7 * 2 * 4),
        "volume": (volume, (1, 2, 5, 5, 5), 4 * 27 * 2 * 27 + 4 * 27 * 2 * 8),
        "layernorm": (nn.Sequential(nn.LayerNorm(16), nn.Linear(16, 4)), (2, 7, 16),
                      2 * 7 * 16 * 4),
    }


class Modules(TestCase):
    """Modules as PyTorch exports them."""

    def test_exports_of_modules_count_as_by_hand(self):
        try:
            import torch
        except ImportError as error:
            self.skipTest(f"{error}: needs python3-torch")
        for name, (module, shape, macs) in modules().items():
            with self.subTest(name):
                path = self.folder / "module.onnx"
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")  # of batches baked into initial states
                    torch.onnx.export(module.eval(), torch.zeros(shape), str(path),
                                      opset_version=17)
                result = run("layers", path, "--format", "json")
                self.assert_done(result)
                counted = json.loads(result.stdout)
                self.assertEqual([], counted["warnings"])
                self.assertEqual(macs, counted["macs"])
                params = sum(p.numel() for p in module.parameters())
                if name == "upsample":  # groups are exported as instances of scale 1, shift 0
                    params += 2 * 3
                self.assertEqual(params, counted["params"])
