// SPDX-License-Identifier: Apache-2.0
// convtranspose1d -- the transpose of a 1-d convolution: x[batch, in, l] spreads each of its
// elements over the result through w[in, out / groups, k]; padding crops the result.
#include "layers/convtranspose.h"

namespace joulecast {
namespace {

constexpr ConvLayout kLayout{.rank = 1, .transposed = true};

}  // namespace

const LayerType kConvTranspose1d = ConvType<kConvTranspose1d, kLayout>(
    "convtranspose1d", "transposed 1-d convolution",
    "convtranspose1d batch=8 in=128 out=64 length=700 kernel=16 stride=8 padding=4",
    {kProductTerms, MeasureProduct, UntransposedRelative<kLayout, kConv1d>});

}  // namespace joulecast
