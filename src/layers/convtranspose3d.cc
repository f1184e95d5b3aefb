// SPDX-License-Identifier: Apache-2.0
// convtranspose3d -- the transpose of a 3-d convolution: x[batch, in, d, h, w] spreads each of its
// elements over the result through w[in, out / groups, kd, kh, kw]; padding crops the result.
#include "layers/convtranspose.h"

namespace joulecast {
namespace {

constexpr ConvLayout kLayout{.rank = 3, .transposed = true};
constexpr auto kParams = ConvParams<kLayout>();

std::optional<Lowered> Lower(const NodeView& node) {
  return LowerConv(node, kConvTranspose3d, kLayout);
}

/// The convolution's own relative: a conv3d is forecast as a conv2d.
std::optional<LayerSpec> Relative(const LayerSpec& s) {
  const auto conv = UntransposedConv(s, kLayout, kConv3d);
  return conv ? kConv3d.relative(*conv) : std::nullopt;
}

}  // namespace

const LayerType kConvTranspose3d = {
    .name = "convtranspose3d",
    .summary = "transposed 3-d convolution",
    .example = "convtranspose3d batch=8 in=128 out=64 volume=8x28x28 kernel=2x2x2 stride=2",
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
