// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "layers/node_view.h"

namespace joulecast {

/// y[batch, m, n] = a[batch, m, k] b[batch, k, n].
struct BatchedProduct {
  std::int64_t batch;
  std::int64_t m;
  std::int64_t k;
  std::int64_t n;
};

/// A matmul of these operands, of which a stored one counts as weights.
LayerSpec MatMulSpec(BatchedProduct sizes, const TensorInfo& a, const TensorInfo& b);

}  // namespace joulecast
