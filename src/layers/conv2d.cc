// SPDX-License-Identifier: Apache-2.0
// conv2d -- y[batch, out, oh, ow] = bias[out] + sum over in / groups and the kernel of
// x[batch, in, ih, iw] * w[out, in / groups, kh, kw].
#include "layers/conv.h"
#include "layers/conv2d_terms.h"

namespace joulecast {

const LayerType kConv2d = ConvType<kConv2d, kConv2dLayout>(
    "conv2d", "2-d convolution, with groups, dilation and any padding",
    "conv2d batch=8 in=64 out=128 image=56x56 kernel=3x3 stride=1 padding=1",
    {kConv2dTerms, MeasureConv2d});

}  // namespace joulecast
