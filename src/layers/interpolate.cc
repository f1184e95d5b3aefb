// SPDX-License-Identifier: Apache-2.0
#include "layers/interpolate.h"

namespace joulecast {

Shape InterpolateShape(const LayerSpec& s) {
  return {s[kIpBatch], s[kIpChannels], s[kIpOutputH], s[kIpOutputW]};
}

Work CountInterpolate(const LayerSpec& s) {
  const Shape from = {s[kIpBatch], s[kIpChannels], s[kIpImageH], s[kIpImageW]};
  return {.input_bytes = BytesOf(ElementCount(from), s[kIpType]),
          .output_bytes = BytesOf(ElementCount(InterpolateShape(s)), s[kIpType])};
}

void MeasureInterpolate(const LayerSpec& s, const DeviceTraits& traits, std::span<double> amounts) {
  MeasureOnePass(s, traits, amounts);
  amounts[kStreamTerms] = 1e-9 * static_cast<double>(ElementCount(InterpolateShape(s))) *
                          static_cast<double>(s[kIpTaps]);
}

Lowered LowerInterpolate(const NodeView& node, const LayerType& type, const Shape& to,
                         std::int64_t taps) {
  const TensorInfo& x = node.Input(0);
  const Shape& from = x.shape;
  LayerSpec spec(type);
  spec.Set(kIpTaps, taps).Set(kIpType, static_cast<std::int64_t>(x.dtype));
  const bool is_image = from.size() >= 3 && from[0] == to[0] && from[1] == to[1];
  if (is_image) {
    const auto rows = [](const Shape& shape) {
      return ElementCount(Shape(shape.begin() + 2, shape.end() - 1));
    };
    spec.Set(kIpBatch, from[0])
        .Set(kIpChannels, from[1])
        .Set(kIpImageH, rows(from))
        .Set(kIpImageW, from.back())
        .Set(kIpOutputH, rows(to))
        .Set(kIpOutputW, to.back());
  } else {
    spec.Set(kIpBatch, 1)
        .Set(kIpChannels, 1)
        .Set(kIpImageH, 1)
        .Set(kIpImageW, ElementCount(from))
        .Set(kIpOutputH, 1)
        .Set(kIpOutputW, ElementCount(to));
  }
  return LowerTo(node, spec, to);
}

}  // namespace joulecast
