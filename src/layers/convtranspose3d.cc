// SPDX-License-Identifier: Apache-2.0
// convtranspose3d -- the transpose of a 3-d convolution: x[batch, in, d, h, w] spreads each of its
// elements over the result through w[in, out / groups, kd, kh, kw]; padding crops the result.
#include "layers/convtranspose.h"

namespace joulecast {
namespace {

constexpr ConvLayout kLayout{.rank = 3, .transposed = true};

}  // namespace

const LayerType kConvTranspose3d = ConvType<kConvTranspose3d, kLayout>(
    "convtranspose3d", "transposed 3-d convolution",
    "convtranspose3d batch=8 in=128 out=64 volume=8x28x28 kernel=2x2x2 stride=2",
    {kProductTerms, MeasureProduct, UntransposedRelative<kLayout, kConv3d>});

}  // namespace joulecast
