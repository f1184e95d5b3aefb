// SPDX-License-Identifier: Apache-2.0
// convtranspose2d -- the transpose of a 2-d convolution: x[batch, in, ih, iw] spreads each of its
// elements over the result through w[in, out / groups, kh, kw]; padding crops the result.
#include "layers/convtranspose.h"

namespace joulecast {
namespace {

constexpr ConvLayout kLayout{.rank = 2, .transposed = true};
constexpr auto kParams = ConvParams<kLayout>();

std::optional<Lowered> Lower(const NodeView& node) {
  return LowerConv(node, kConvTranspose2d, kLayout);
}

std::optional<LayerSpec> Relative(const LayerSpec& s) {
  return UntransposedConv(s, kLayout, kConv2d);
}

}  // namespace

const LayerType kConvTranspose2d = {
    .name = "convtranspose2d",
    .summary = "transposed 2-d convolution, as decoders upsample",
    .example = "convtranspose2d batch=8 in=128 out=64 image=28x28 kernel=2x2 stride=2",
    .params = kParams,
    .ops = kConvTransposeOps,
    .check = CheckConv<kLayout>,
    .output_shape = ConvOutputShape<kLayout>,
    .work = CountConv<kLayout>,
    .lower = Lower,
    .terms = kProductTerms,
    .amounts = MeasureProduct,
    .relative = Relative};

}  // namespace joulecast
