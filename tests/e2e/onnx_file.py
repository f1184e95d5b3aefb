# SPDX-License-Identifier: Apache-2.0
"""Writes small ONNX files byte by byte, good and bad, without any ONNX library.

Field numbers are those of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto.
"""

FLOAT, INT8, INT64 = 1, 3, 7


def varint(number):
    data = bytearray()
    while number > 0x7F:
        data.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes(data + bytearray([number]))


def field(number, value):
    """One field of a message: an int, or text, or bytes (a message too)."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value % 2**64)
    data = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(data)) + data


def value_info(name, shape, dtype=FLOAT):
    """An input or output; an extent is a number, a symbol, or None for neither."""
    dims = b""
    for extent in shape:
        known = b"" if extent is None else field(2 if isinstance(extent, str) else 1, extent)
        dims += field(1, known)
    tensor = field(1, dtype) + field(2, dims)
    return field(1, name) + field(2, field(1, tensor))


def tensor(name, shape, dtype=FLOAT):
    """A weight: zeros."""
    elements = 1
    for extent in shape:
        elements *= extent
    dims = b"".join(field(1, extent) for extent in shape)
    return dims + field(2, dtype) + field(8, name) + field(9, bytes(elements * (1 if dtype == INT8 else 4)))


def external_tensor(name, shape, location, offset, length, dtype=FLOAT):
    """A weight whose bytes lie in another file (TensorProto.external_data)."""
    dims = b"".join(field(1, extent) for extent in shape)
    entries = {"location": location, "offset": str(offset), "length": str(length)}
    data = b"".join(field(13, field(1, key) + field(2, value)) for key, value in entries.items())
    return dims + field(2, dtype) + field(8, name) + data + field(14, 1)


def node(op, inputs, outputs, name="", domain="", **ints):
    """One operation; attributes are lists of integers or one integer."""
    data = b"".join(field(1, text) for text in inputs)
    data += b"".join(field(2, text) for text in outputs)
    data += field(3, name or outputs[0]) + field(4, op)
    for key, value in ints.items():
        if isinstance(value, list):
            data += field(5, field(1, key) + b"".join(field(8, n) for n in value) + field(20, 7))
        else:
            data += field(5, field(1, key) + field(3, value) + field(20, 2))
    return data + (field(7, domain) if domain else b"")


def model(nodes, inputs, outputs, weights=(), opset=17):
    graph = b"".join(field(1, item) for item in nodes) + field(2, "test")
    graph += b"".join(field(5, item) for item in weights)
    graph += b"".join(field(11, item) for item in inputs)
    graph += b"".join(field(12, item) for item in outputs)
    opset_import = field(1, "") + field(2, opset)
    return field(1, 8) + field(2, "joulecast tests") + field(7, graph) + field(8, opset_import)


def conv_net(batch=1, channels=3, side=32):
    """conv2d 3 -> 8, kernel 3x3, padding 1, then relu: 27 * 8 MACs a pixel."""
    return model([node("Conv", ["x", "w"], ["y"], "conv", kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
                  node("Relu", ["y"], ["z"], "relu")],
                 [value_info("x", [batch, channels, side, side])],
                 [value_info("z", [batch, 8, side, side])], [tensor("w", [8, 3, 3, 3])])
