// SPDX-License-Identifier: Apache-2.0
// convtranspose1d -- the transpose of a 1-d convolution: x[batch, in, l] spreads each of its
// elements over the result through w[in, out / groups, k]; padding crops the result.
#include "layers/convtranspose.h"

namespace joulecast {
namespace {

constexpr ConvLayout kLayout{.rank = 1, .transposed = true};
constexpr auto kParams = ConvParams<kLayout>();

std::optional<Lowered> Lower(const NodeView& node) {
  return LowerConv(node, kConvTranspose1d, kLayout);
}

/// The convolution's own relative: a conv1d is forecast as a conv2d.
std::optional<LayerSpec> Relative(const LayerSpec& s) {
  const auto conv = UntransposedConv(s, kLayout, kConv1d);
  return conv ? kConv1d.relative(*conv) : std::nullopt;
}

}  // namespace

const LayerType kConvTranspose1d = {
    .name = "convtranspose1d",
    .summary = "transposed 1-d convolution",
    .example = "convtranspose1d batch=8 in=128 out=64 length=700 kernel=16 stride=8 padding=4",
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
