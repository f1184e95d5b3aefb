// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "layers/node_view.h"
#include "layers/rows.h"

namespace joulecast {

/// What normalisations share that compute statistics of the data: rows of `length` elements, each
/// brought to the same size, then scaled (and shifted) by stored numbers.
enum NormSlot : std::size_t {
  kNormBatch,
  kNormRows,
  kNormLength,
  kNormWeights,
  kNormSkip,
  kNormSum,
  kNormType,
};

inline constexpr Param kNormParams[] = {
    {.name = "batch"},
    {.name = "rows"},  // per sample: tokens, groups or channels
    {.name = "length"},
    {.name = "weights", .min = 0, .default_value = 0},  // stored elements of scale and shift
    // A fused kernel adds so many elements of another tensor first,
    {.name = "skip", .min = 0, .default_value = 0, .shown = false},
    // and hands that sum on.
    {.name = "sum", .kind = ParamKind::kFlag, .min = 0, .default_value = 0, .shown = false},
    {.name = "dtype", .kind = ParamKind::kDType, .default_value = std::int64_t(DType::kF32)},
};

Shape NormShape(const LayerSpec& spec);
/// No MACs: see docs/counting.md.
Work CountNorm(const LayerSpec& spec);
void MeasureNorm(const LayerSpec& spec, const DeviceTraits& traits, std::span<double> amounts);

/// A softmax over the same rows goes through them as often.
std::optional<LayerSpec> SoftmaxOfEqualRows(const LayerSpec& spec);

/// Sets the first input's extents split at `axis`: what lies behind it is one row.
LayerSpec NormBehind(const NodeView& node, const LayerType& type, std::size_t axis);

/// Sets weights by the inputs from `first` on that are there, `count` at most; adds outputs of the
/// statistics' shape where the operator has them.
Lowered LowerNorm(const NodeView& node, LayerSpec spec, std::size_t first, std::size_t count);

/// SkipLayerNormalization and its simplified sister: the sum of two tensors is normalised along
/// its last axis. `weights` inputs behind the two.
Lowered LowerSkipNorm(const NodeView& node, const LayerType& type, std::size_t weights);

/// A type of normalisation; what it reads is all that differs.
constexpr LayerType Norm(std::string_view name, std::string_view summary, std::string_view example,
                         std::span<const std::string_view> ops,
                         std::optional<Lowered> (*lower)(const NodeView&)) {
  return {.name = name,
          .summary = summary,
          .example = example,
          .params = kNormParams,
          .ops = ops,
          .output_shape = NormShape,
          .work = CountNorm,
          .lower = lower,
          .terms = kRowTerms,
          .amounts = MeasureNorm,
          .relative = SoftmaxOfEqualRows,
          .read_amounts = ReadStream};
}

}  // namespace joulecast
