// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "layers/node_view.h"

namespace joulecast {

/// What free layers share: the same elements, seen differently or not at all.
inline constexpr Param kViewParams[] = {
    {.name = "elements", .min = 0},
    {.name = "dtype", .kind = ParamKind::kDType, .default_value = std::int64_t(DType::kF32)},
};

Shape ViewShape(const LayerSpec& spec);
Work CountView(const LayerSpec& spec);

/// Shows the first input under the shape `to`, which has as many elements in the same order:
/// the numbers of a constant are kept.
Lowered LowerView(const NodeView& node, const LayerType& type, const Shape& to);

}  // namespace joulecast
