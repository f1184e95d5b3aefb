// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "layers/node_view.h"

namespace joulecast {

/// A Gather: slices of the data along one axis, one for each index.
struct Gathered {
  std::int64_t rows;    ///< slices taken
  std::int64_t width;   ///< elements of a slice
  std::int64_t extent;  ///< slices to choose from
  Shape shape;          ///< of the result
};

Gathered ReadGather(const NodeView& node);

}  // namespace joulecast
