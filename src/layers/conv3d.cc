// SPDX-License-Identifier: Apache-2.0
// conv3d -- y[batch, out, od, oh, ow] = bias[out] + sum over in / groups and the kernel of
// x[batch, in, d, h, w] * w[out, in / groups, kd, kh, kw].
#include "base/checked.h"
#include "layers/conv.h"
#include "layers/product.h"

namespace joulecast {
namespace {

constexpr ConvLayout kLayout{.rank = 3};

/// Each slice of the result is the 2-d convolution of as many input slices as the kernel is deep,
/// one behind the other in channels: the same MACs.
std::optional<LayerSpec> Relative(const LayerSpec& s) {
  LayerSpec conv(kConv2d);
  conv.Set(kConv2dLayout.kBatch, CheckedProduct({s[kLayout.kBatch], ConvExtent(s, kLayout, 0)}))
      .Set(kConv2dLayout.kIn, CheckedProduct({s[kLayout.kIn], s[kLayout.kernel()]}))
      .Set(kConv2dLayout.kOut, s[kLayout.kOut])
      .Set(kConv2dLayout.groups(), s[kLayout.groups()])
      .Set(kConv2dLayout.bias(), s[kLayout.bias()])
      .Set(kConv2dLayout.dtype(), s[kLayout.dtype()]);
  for (std::size_t axis = 0; axis < 2; ++axis) {
    conv.Set(kConv2dLayout.kImage + axis, s[kLayout.kImage + 1 + axis])
        .Set(kConv2dLayout.kernel() + axis, s[kLayout.kernel() + 1 + axis])
        .Set(kConv2dLayout.stride() + axis, s[kLayout.stride() + 1 + axis])
        .Set(kConv2dLayout.dilation() + axis, s[kLayout.dilation() + 1 + axis])
        .Set(kConv2dLayout.padding() + axis, s[kLayout.padding() + 1 + axis])
        .Set(kConv2dLayout.padding() + 2 + axis, s[kLayout.padding() + 4 + axis]);
  }
  return conv;
}

}  // namespace

const LayerType kConv3d =
    ConvType<kConv3d, kLayout>("conv3d", "3-d convolution, with groups, dilation and any padding",
                               "conv3d batch=1 in=64 out=64 volume=16x56x56 kernel=3x3x3 padding=1",
                               {kProductTerms, MeasureProduct, Relative});

}  // namespace joulecast
