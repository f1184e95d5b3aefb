// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "layers/node_view.h"

namespace joulecast {

/// More numbers than this are data, not a shape.
inline constexpr std::int64_t kMostFolded = 4096;

/// What folding makes of a node: its results with their numbers, or nullopt where those are not
/// known.
using Folded = std::optional<std::vector<TensorInfo>>;

/// The numbers of input `i`, one for each element; null if it is absent or they are not known.
const Constant* NumbersOf(const NodeView& node, std::size_t i);

/// A tensor of known numbers.
TensorInfo Known(Constant numbers);
TensorInfo KnownInts(Shape shape, std::vector<std::int64_t> numbers, DType dtype = DType::kI64);

/// How far apart neighbours along each axis lie.
std::vector<std::int64_t> StridesOf(const Shape& shape);

/// The tensor of shape `to` whose element at some coordinates is the one of `from` that `place`
/// gives for them. nullopt where that is too large to be a shape.
std::optional<TensorInfo> Rearranged(
    const Constant& from, const Shape& to,
    const std::function<std::int64_t(std::span<const std::int64_t>)>& place);

}  // namespace joulecast
