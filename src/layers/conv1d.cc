// SPDX-License-Identifier: Apache-2.0
// conv1d -- y[batch, out, ol] = bias[out] + sum over in / groups and the kernel of
// x[batch, in, l] * w[out, in / groups, k]. Libraries run it as a conv2d of images one pixel high.
#include "layers/conv.h"
#include "layers/conv2d_terms.h"

namespace joulecast {
namespace {

constexpr ConvLayout kLayout{.rank = 1};

LayerSpec AsConv2d(const LayerSpec& s) {
  LayerSpec conv(kConv2d);
  conv.Set(kConv2dLayout.kBatch, s[kLayout.kBatch])
      .Set(kConv2dLayout.kIn, s[kLayout.kIn])
      .Set(kConv2dLayout.kOut, s[kLayout.kOut])
      .Set(kConv2dLayout.kImage, 1)
      .Set(kConv2dLayout.kImage + 1, s[kLayout.kImage])
      .Set(kConv2dLayout.kernel(), 1)
      .Set(kConv2dLayout.kernel() + 1, s[kLayout.kernel()])
      .Set(kConv2dLayout.stride() + 1, s[kLayout.stride()])
      .Set(kConv2dLayout.padding() + 1, s[kLayout.padding()])
      .Set(kConv2dLayout.padding() + 3, s[kLayout.padding() + 1])
      .Set(kConv2dLayout.dilation() + 1, s[kLayout.dilation()])
      .Set(kConv2dLayout.groups(), s[kLayout.groups()])
      .Set(kConv2dLayout.bias(), s[kLayout.bias()])
      .Set(kConv2dLayout.dtype(), s[kLayout.dtype()]);
  return conv;
}

void MeasureAmounts(const LayerSpec& s, const DeviceTraits& traits, std::span<double> amounts) {
  MeasureConv2d(AsConv2d(s), traits, amounts);
}

std::optional<LayerSpec> Relative(const LayerSpec& s) { return AsConv2d(s); }

}  // namespace

const LayerType kConv1d =
    ConvType<kConv1d, kLayout>("conv1d", "1-d convolution, with groups, dilation and any padding",
                               "conv1d batch=8 in=80 out=512 length=3000 kernel=3 padding=1",
                               {kConv2dTerms, MeasureAmounts, Relative});

}  // namespace joulecast
