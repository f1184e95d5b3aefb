// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "layers/node_view.h"

namespace joulecast {

/// The part of one axis that a Slice keeps: `count` indices from `start` on, `step` apart.
struct AxisSlice {
  std::int64_t start = 0;
  std::int64_t step = 1;
  std::int64_t count = 0;
};

/// What a Slice keeps of each axis of a tensor of shape `from`. Throws DataDependent if bounds are
/// not known, Error{kInput} if they do not fit.
std::vector<AxisSlice> ReadSlice(const NodeView& node, const Shape& from);

/// Extents along `axis` of a Split's results. Throws as ReadSlice.
std::vector<std::int64_t> ReadSplit(const NodeView& node, const Shape& from, std::size_t axis);

}  // namespace joulecast
