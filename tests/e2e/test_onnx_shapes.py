# SPDX-License-Identifier: Apache-2.0
"""Shapes of single operators, as Python's onnx infers them: an independent reading of ONNX's text.

Each case becomes a file of one operator that carries onnx's shape as what the exporter declared:
the program says where it comes to another one. The same file with a wrong shape has to be told.
"""

import dataclasses
import json

from harness import TestCase, run


@dataclasses.dataclass
class Case:
    """One node. An input is a shape (tuple) that is fed, numbers (list) that are stored, a Stored
    weight, or None where it is left out."""

    op: str
    inputs: list
    type: str  # what the layer is called; None where nothing is left to run
    attributes: dict = dataclasses.field(default_factory=dict)
    opset: int = 16
    outputs: int = 1
    element: str = "FLOAT"  # of the fed inputs


@dataclasses.dataclass
class Stored:
    """A weight: its numbers matter to nobody."""

    shape: tuple


def case(op, inputs, type_, opset=16, outputs=1, element="FLOAT", **attributes):
    return Case(op, inputs, type_, attributes, opset, outputs, element)


X = (2, 3, 4, 5)

ACTIVATIONS = [
    *[case(op, [X], type_) for op, type_ in {
        "HardSwish": "hardswish", "HardSigmoid": "hardsigmoid", "LeakyRelu": "leakyrelu",
        "Elu": "elu", "Celu": "elu", "Selu": "selu", "Softplus": "softplus", "Erf": "erf",
        "Exp": "exp", "Log": "log", "Sqrt": "sqrt", "Sin": "trigonometric",
        "Atanh": "trigonometric", "Abs": "unary", "Neg": "unary", "Sign": "unary",
        "Floor": "unary", "Ceil": "unary", "Round": "unary", "Reciprocal": "unary",
        "Softsign": "unary", "Shrink": "unary", "ThresholdedRelu": "unary", "IsNaN": "unary",
        "Relu": "relu", "Sigmoid": "sigmoid", "Tanh": "tanh", "Clip": "relu6",
    }.items()],
    case("Not", [X], "unary", element="BOOL"),
    case("PRelu", [X, Stored((3, 1, 1))], "prelu"),
    case("Softmax", [X], "softmax", axis=1),
    case("LogSoftmax", [X], "softmax", axis=-2),
    case("Softmax", [X], "softmax", opset=11),
    case("Hardmax", [X], "softmax"),
]

ELEMENTWISE = [
    *[case(op, [(2, 1, 5), (4, 1)], type_) for op, type_ in [
        ("Add", "add"), ("Sub", "add"), ("Mul", "mul"), ("Div", "mul"),
        ("Pow", "pow"), ("Min", "binary"), ("Max", "binary"),
        ("Equal", "compare"), ("Less", "compare"), ("GreaterOrEqual", "compare"),
    ]],
    case("Sum", [(2, 3, 4), (3, 1), (4,)], "add"),
    case("Mean", [(2, 3, 4), (3, 1), (4,)], "add"),
    case("Mod", [(2, 3), (3,)], "binary", fmod=1),
    case("And", [(2, 3), (3,)], "compare", element="BOOL"),
    case("Xor", [(2, 3), (3,)], "compare", element="BOOL"),
    case("Add", [X, (3, 4)], "add", opset=6, broadcast=1, axis=1),
    case("Mul", [X, (5,)], "mul", opset=6, broadcast=1),
]

REDUCTIONS = [
    *[case(op, [X], "reduce", axes=[1, -1]) for op in (
        "ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2",
        "ReduceLogSum", "ReduceLogSumExp", "ReduceSumSquare")],
    case("ReduceSum", [X, [0, 2]], "reduce", keepdims=0),
    case("ReduceSum", [X], "reduce"),
    case("ReduceSum", [X, []], "reduce", noop_with_empty_axes=1),
    case("ReduceSum", [X], "reduce", opset=11, axes=[-2]),
    case("ReduceMean", [X], "reduce", axes=[2, 3], keepdims=0),
    case("ArgMax", [X], "reduce", axis=-1),
    case("ArgMin", [X], "reduce", axis=2, keepdims=0),
    case("CumSum", [X, [1]], "cumsum"),
    case("TopK", [X, [2]], "topk", outputs=2),
    case("TopK", [X, [3]], "topk", outputs=2, axis=1, largest=0),
    case("TopK", [X], "topk", outputs=2, opset=9, k=2),
]

IMAGES = [
    case("Resize", [X, None, [1.0, 1.0, 2.5, 1.7]], "resize", mode="linear"),
    case("Resize", [X, None, None, [2, 3, 9, 7]], "resize", mode="cubic"),
    case("Resize", [X, [1.0, 1.0, 2.0, 0.5]], "resize", opset=10),
    case("Upsample", [X, [1.0, 1.0, 2.0, 3.0]], "resize", opset=9, mode="nearest"),
    case("Upsample", [X], "resize", opset=7, scales=[1.0, 1.0, 2.0, 3.0]),
    case("GridSample", [X, (2, 6, 7, 2)], "gridsample"),
    case("DepthToSpace", [(2, 12, 4, 5)], "rearrange", blocksize=2, mode="CRD"),
    case("SpaceToDepth", [(2, 3, 4, 6)], "rearrange", blocksize=2),
    case("Pad", [X, [0, 0, 1, 2, 0, 0, 3, 4]], "pad", mode="reflect"),
    case("Pad", [X, [0, 0, 1, 2, 0, 0, 3, 4]], "pad", mode="edge"),
    case("Pad", [X], "pad", opset=9, pads=[0, 1, 1, 2, 0, 0, -1, 4]),
]

MOVES = [
    case("Tile", [(2, 3), [2, 4]], "tile"),
    case("Expand", [(3, 1), [2, 1, 6]], "expand"),
    case("Slice", [X, [0, -3], [2, 10], [1, 3], [1, 2]], "slice"),
    case("Slice", [X, [-1], [-100], [3], [-2]], "slice"),
    case("Slice", [X], "slice", opset=9, starts=[1, 2], ends=[3, 4], axes=[2, 3]),
    case("Split", [X, [1, 2]], "slice", outputs=2, axis=1),
    case("Split", [X], "slice", outputs=2, axis=2),
    case("Split", [X], "slice", outputs=2, opset=11, axis=-1, split=[1, 4]),
    case("Trilu", [(3, 5)], "rearrange", upper=0),
    case("ReverseSequence", [(4, 3, 2), [1, 2, 3]], "rearrange"),
    case("GatherElements", [(4, 5), [[0, 1, 2], [3, 0, 1]]], "pick", axis=0),
    case("GatherND", [(4, 5, 6), [[0, 1], [3, 4]]], "pick"),
    case("GatherND", [(2, 5, 6), [[1], [4]]], "pick", batch_dims=1),
    case("RoiAlign", [X, Stored((6, 4)), [0] * 6], "pick", output_height=7, output_width=5),
    case("ScatterElements", [(4, 5), [[0, 1]], (1, 2)], "scatter", axis=1),
    case("ScatterND", [(4, 5), [[0], [2]], (2, 5)], "scatter"),
    case("EyeLike", [(4, 5)], "fill"),
    case("RandomNormalLike", [(4, 5)], "fill"),
    case("Cast", [X], "cast", to=10),
    case("Cast", [X], "reshape", to=1),
    case("Concat", [(2, 3), (2, 4)], "concat", axis=-1),
]

VIEWS = [
    case("Transpose", [X], "transpose"),
    case("Transpose", [X], "transpose", perm=[0, 2, 3, 1]),
    case("Reshape", [X, [0, -1, 2]], "reshape"),
    case("Flatten", [X], "reshape", axis=2),
    case("Flatten", [X], "reshape", axis=-1),
    case("Squeeze", [(2, 1, 3, 1), [1, -1]], "reshape"),
    case("Squeeze", [(2, 1, 3, 1)], "reshape", opset=11, axes=[-3, 3]),
    case("Unsqueeze", [(2, 3), [0, -1]], "reshape"),
    case("Unsqueeze", [(2, 3)], "reshape", opset=11, axes=[1, 3]),
    case("Identity", [X], "reshape"),
    case("Dropout", [X], "dropout"),
]

CASES = ACTIVATIONS + ELEMENTWISE + REDUCTIONS + IMAGES + MOVES + VIEWS


class OnnxShapes(TestCase):
    def setUp(self):
        super().setUp()
        try:
            import onnx
            import onnx.numpy_helper  # noqa: F401
        except ImportError as error:
            self.skipTest(f"{error}: needs python3-onnx")
        self.onnx = onnx

    def stored(self, name, value):
        """An initializer of whole numbers or fractions, of any depth of lists."""
        import numpy
        if isinstance(value, Stored):
            return self.onnx.numpy_helper.from_array(numpy.zeros(value.shape, "float32"), name)
        numbers = numpy.array(value)
        fraction = numbers.dtype.kind == "f" and numbers.size > 0
        return self.onnx.numpy_helper.from_array(
            numbers.astype("float32" if fraction else "int64"), name)

    def inferred(self, this):
        """The file, with the results' shapes as onnx infers them."""
        helper, element = self.onnx.helper, getattr(self.onnx.TensorProto, this.element)
        names = ["" if value is None else f"x{i}" for i, value in enumerate(this.inputs)]
        fed = [helper.make_tensor_value_info(name, element, value)
               for name, value in zip(names, this.inputs) if isinstance(value, tuple)]
        stored = [self.stored(name, value) for name, value in zip(names, this.inputs)
                  if value is not None and not isinstance(value, tuple)]
        results = [f"y{i}" for i in range(this.outputs)]
        node = helper.make_node(this.op, names, results, name="node", **this.attributes)
        graph = helper.make_graph([node], "case", fed,
                                  [self.onnx.ValueInfoProto(name=name) for name in results], stored)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", this.opset)])
        return self.onnx.shape_inference.infer_shapes(model, strict_mode=True, data_prop=True)

    def layers(self, model):
        path = self.folder / "case.onnx"
        self.onnx.save(model, path)
        result = run("layers", path, "--format", "json")
        self.assert_done(result)
        return json.loads(result.stdout)

    def test_single_operators(self):
        for this in CASES:
            with self.subTest(**dataclasses.asdict(this)):
                self.check(this)

    def check(self, this):
        model = self.inferred(this)
        for output in model.graph.output:
            dims = output.type.tensor_type.shape.dim
            self.assertTrue(dims and all(dim.dim_value > 0 for dim in dims), "onnx knows no shape")
        said = self.layers(model)
        self.assertEqual([], said["warnings"])
        self.assertEqual([this.type], [layer["type"] for layer in said["layers"]])
        model.graph.output[-1].type.tensor_type.shape.dim[-1].dim_value += 1
        self.assertRegex("".join(self.layers(model)["warnings"]), "but the file declares")
