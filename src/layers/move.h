// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "layers/node_view.h"
#include "layers/stream.h"

namespace joulecast {

/// What layers share that read so many elements and write so many, with little arithmetic.
enum MoveSlot : std::size_t { kMoveIn, kMoveOut, kMoveIndices, kMoveType };

inline constexpr Param kMoveParams[] = {
    {.name = "in", .min = 0},  // elements read; none where the result is only filled
    {.name = "out"},           // elements written
    {.name = "indices", .min = 0, .default_value = 0, .shown = false},  // 8 bytes each
    {.name = "dtype", .kind = ParamKind::kDType, .default_value = std::int64_t(DType::kF32)},
};

Shape MoveShape(const LayerSpec& spec);
Work CountMove(const LayerSpec& spec);
/// Gradients go the other way, by the same indices.
Work CountMoveBackward(const LayerSpec& spec, bool input_grad);

/// One output of `shape` and the first input's element type, for which `in` elements are read, and
/// `indices` numbers that say which.
Lowered LowerMove(const NodeView& node, const LayerType& type, std::int64_t in, const Shape& shape,
                  std::int64_t indices = 0);

/// A type that only moves elements; `lower` is all that differs.
constexpr LayerType Move(std::string_view name, std::string_view summary, std::string_view example,
                         std::span<const std::string_view> ops,
                         std::optional<Lowered> (*lower)(const NodeView&)) {
  return {.name = name,
          .summary = summary,
          .example = example,
          .params = kMoveParams,
          .ops = ops,
          .output_shape = MoveShape,
          .work = CountMove,
          .lower = lower,
          .terms = kStreamTermList,
          .amounts = MeasureOnePass,
          .backward = CountMoveBackward,
          .relative = ReluOfEqualBytes,
          .read_amounts = ReadStream};
}

}  // namespace joulecast
