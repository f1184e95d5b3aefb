// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "layers/node_view.h"
#include "layers/stream.h"

namespace joulecast {

/// What layers share that make each output pixel of `taps` input pixels.
enum InterpolateSlot : std::size_t {
  kIpBatch,
  kIpChannels,
  kIpImageH,
  kIpImageW,
  kIpOutputH,
  kIpOutputW,
  kIpTaps,
  kIpType
};

inline constexpr Param kInterpolateParams[] = {
    {.name = "batch"},
    {.name = "channels"},
    {.name = "image", .kind = ParamKind::kSize2d},  // of volumes, depth counts into the height
    {.name = "output", .kind = ParamKind::kSize2d},
    {.name = "taps", .default_value = 1},  // 1 nearest, 4 bilinear, 16 bicubic, 8 trilinear
    {.name = "dtype", .kind = ParamKind::kDType, .default_value = std::int64_t(DType::kF32)},
};

/// A stream, and behind it the weighing of the taps.
inline constexpr auto kInterpolateTerms =
    StreamTermsAnd(std::array<Term, 1>{{{"taps", "gtap", Part::kArithmetic}}});

Shape InterpolateShape(const LayerSpec& spec);
/// Each pixel once. Weighing taps counts as no MACs: no counter of FLOPs that people compare with
/// counts it.
Work CountInterpolate(const LayerSpec& spec);
void MeasureInterpolate(const LayerSpec& spec, const DeviceTraits& traits,
                        std::span<double> amounts);

/// Reads a tensor [batch, channels, ...] that becomes `to`; other layouts are one long image.
Lowered LowerInterpolate(const NodeView& node, const LayerType& type, const Shape& to,
                         std::int64_t taps);

}  // namespace joulecast
