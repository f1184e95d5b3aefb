// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "layers/node_view.h"
#include "layers/stream.h"

namespace joulecast {

/// What sliding-window pools share. A pool with more parameters has them behind these.
enum PoolSlot : std::size_t {
  kPoolBatch,
  kPoolChannels,
  kPoolImageH,
  kPoolImageW,
  kPoolKernelH,
  kPoolKernelW,
  kPoolStrideH,
  kPoolStrideW,
  kPoolPadTop,
  kPoolPadLeft,
  kPoolPadBottom,
  kPoolPadRight,
  kPoolDilationH,
  kPoolDilationW,
  kPoolCeil,
  kPoolType,
  kPoolSlots,
};

inline constexpr std::array<Param, 9> kPoolParams = {{
    {.name = "batch"},
    {.name = "channels"},
    {.name = "image", .kind = ParamKind::kSize2d},
    {.name = "kernel", .kind = ParamKind::kSize2d},
    {.name = "stride", .kind = ParamKind::kStep2d},
    {.name = "padding", .kind = ParamKind::kPadding, .min = 0, .default_value = 0},
    {.name = "dilation", .kind = ParamKind::kStep2d, .default_value = 1, .shown = false},
    {.name = "ceil", .kind = ParamKind::kFlag, .min = 0, .default_value = 0, .shown = false},
    {.name = "dtype", .kind = ParamKind::kDType, .default_value = std::int64_t(DType::kF32)},
}};

/// Throws Error{kInput} if the window does not fit into the padded image.
void CheckPool(const LayerSpec& spec);
Shape PoolShape(const LayerSpec& spec);
Work CountPool(const LayerSpec& spec);

/// The shared parameters of a 2-d pool; nullopt for 1-d and 3-d ones.
std::optional<LayerSpec> ReadPool(const NodeView& node, const LayerType& type);

/// Terms of pools that average: a stream, additions, and what each window costs by itself.
inline constexpr auto kAveragePoolTerms = StreamTermsAnd(std::array<Term, 2>{
    {{"taps", "gtap", Part::kArithmetic}, {"windows", "gwindow", Part::kOverhead}}});

/// `taps` are the pixels added up over all `windows`.
void MeasureAveragePool(const Work& work, double taps, double windows, const DeviceTraits& traits,
                        std::span<double> amounts);

}  // namespace joulecast
