// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/rand.h>
#include <ATen/ops/zeros.h>

#include <algorithm>

#include "backends/torch/move_twin.h"

namespace joulecast {
namespace {

std::vector<Operand> Operands(const LayerSpec& s) {
  const std::int64_t rows = s[kMoveIndices];
  CheckMove(s, s[kMoveIn] == 0 && (rows == 0 || s[kMoveOut] % rows == 0));
  if (rows == 0) return {};
  return {{.shape = {rows}, .dtype = DType::kI64, .below = s[kMoveOut] / rows}};
}

/// One-hot rows, one behind the other whatever the axis; random numbers; or zeros.
Step Make(const LayerSpec& s, const Site& site) {
  const at::TensorOptions options =
      at::TensorOptions(site.source.device()).dtype(ScalarTypeOf(TypeOf(s)));
  const bool is_random = site.node != nullptr && site.node->op() != "EyeLike";
  const Shape rows = {s[kMoveIndices], s[kMoveOut] / std::max<std::int64_t>(1, s[kMoveIndices])};
  return [=, shape = site.output_shape](std::span<const at::Tensor> x) -> Tensors {
    if (rows[0] > 0) {
      return {Seen(at::zeros(rows, options).scatter_(1, x[0].reshape({-1, 1}), 1), shape)};
    }
    return {is_random ? at::rand(shape, options) : at::zeros(shape, options)};
  };
}

}  // namespace

extern const Twin kFillTwin = {.operands = Operands, .make = Make};

}  // namespace joulecast
