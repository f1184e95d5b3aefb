# SPDX-License-Identifier: Apache-2.0
"""MACs of the transformers that export_transformers.py writes, counted by hand.

A weight of in x out takes in * out MACs a token; attention takes length * width for the scores of
a token and as many for their sum over the values.
"""


def attention(queries, keys, width):
    return 2 * queries * keys * width


def vit(batch, image, patch, layers, heads, width, mlp, classes):
    patches = (image // patch) ** 2
    tokens = patches + 1  # the class token
    layer = tokens * (4 * width**2 + 2 * width * mlp) + attention(tokens, tokens, width)
    return batch * (patches * 3 * patch**2 * width + layers * layer + width * classes)


def swin(batch, image, patch, width, depths, heads, window, mlp_ratio, classes):
    tokens = (image // patch) ** 2
    macs = tokens * 3 * patch**2 * width
    for stage, depth in enumerate(depths):
        if stage > 0:  # four tokens become one of twice the width
            tokens, width = tokens // 4, 2 * width
            macs += tokens * 2 * width * width
        block = tokens * (4 * width**2 + 2 * width * mlp_ratio * width)
        macs += depth * (block + attention(tokens, window**2, width))
    return batch * (macs + width * classes)


def bert(batch, length, layers, width, mlp, **_):
    layer = length * (4 * width**2 + 2 * width * mlp) + attention(length, length, width)
    return batch * (layers * layer + width**2)  # the pooler sees one token


def gpt2(batch, length, layers, width, vocabulary, **_):
    layer = length * (4 * width**2 + 8 * width**2) + attention(length, length, width)
    return batch * (layers * layer + length * width * vocabulary)


def t5(batch, length, so_far, layers, heads, head, width, mlp, vocabulary):
    inner = heads * head
    encoder = length * (4 * width * inner + 2 * width * mlp) + attention(length, length, inner)
    own = so_far * 4 * width * inner + attention(so_far, so_far, inner)
    cross = (2 * so_far + 2 * length) * width * inner + attention(so_far, length, inner)
    decoder = own + cross + so_far * 2 * width * mlp
    return batch * (layers * (encoder + decoder) + so_far * width * vocabulary)


COUNTED = {"vit": vit, "swin": swin, "bert": bert, "gpt2": gpt2, "t5": t5}
