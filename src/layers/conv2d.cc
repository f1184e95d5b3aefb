// SPDX-License-Identifier: Apache-2.0
// conv2d -- y[batch, out, oh, ow] = bias[out] + sum over in / groups and the kernel of
// x[batch, in, ih, iw] * w[out, in / groups, kh, kw].
#include "layers/conv.h"
#include "layers/conv2d_terms.h"

namespace joulecast {
namespace {

constexpr auto kParams = ConvParams<kConv2dLayout>();

std::optional<Lowered> Lower(const NodeView& node) {
  return LowerConv(node, kConv2d, kConv2dLayout);
}

}  // namespace

const LayerType kConv2d = {
    .name = "conv2d",
    .summary = "2-d convolution, with groups, dilation and any padding",
    .example = "conv2d batch=8 in=64 out=128 image=56x56 kernel=3x3 stride=1 padding=1",
    .params = kParams,
    .ops = kConvOps,
    .check = CheckConv<kConv2dLayout>,
    .output_shape = ConvOutputShape<kConv2dLayout>,
    .work = CountConv<kConv2dLayout>,
    .lower = Lower,
    .terms = kConv2dTerms,
    .amounts = MeasureConv2d};

}  // namespace joulecast
