// SPDX-License-Identifier: Apache-2.0
// convtranspose2d -- the transpose of a 2-d convolution: x[batch, in, ih, iw] spreads each of its
// elements over the result through w[in, out / groups, kh, kw]; padding crops the result.
#include "layers/convtranspose.h"

namespace joulecast {
namespace {

constexpr ConvLayout kLayout{.rank = 2, .transposed = true};

}  // namespace

const LayerType kConvTranspose2d = ConvType<kConvTranspose2d, kLayout>(
    "convtranspose2d", "transposed 2-d convolution, as decoders upsample",
    "convtranspose2d batch=8 in=128 out=64 image=28x28 kernel=2x2 stride=2",
    {kProductTerms, MeasureProduct, UntransposedRelative<kLayout, kConv2d>});

}  // namespace joulecast
