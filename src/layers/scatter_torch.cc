// SPDX-License-Identifier: Apache-2.0
// Alone, whole rows are replaced.
#include <ATen/ops/index_put.h>

#include "backends/torch/move_twin.h"

namespace joulecast {
namespace {

/// Elements of each row that is replaced.
std::int64_t Width(const LayerSpec& s) { return (s[kMoveIn] - s[kMoveOut]) / s[kMoveIndices]; }

std::vector<Operand> Operands(const LayerSpec& s) {
  const std::int64_t replaced = s[kMoveIn] - s[kMoveOut];
  const std::int64_t indices = s[kMoveIndices];
  CheckMove(s,
            replaced > 0 && indices > 0 && replaced % indices == 0 && s[kMoveOut] % Width(s) == 0);
  const std::int64_t rows = s[kMoveOut] / Width(s);
  return {{.shape = {rows, Width(s)}},
          {.shape = {indices}, .dtype = DType::kI64, .below = rows},
          {.shape = {indices, Width(s)}}};
}

/// ScatterND's indices name rows, by as many coordinates as their last axis is long.
at::Tensor PutRows(const at::Tensor& x, const at::Tensor& indices, const at::Tensor& rows) {
  c10::List<c10::optional<at::Tensor>> places;
  for (const at::Tensor& place : indices.unbind(-1)) places.push_back(place);
  return at::index_put(x, places, rows);
}

Step Make(const LayerSpec& s, const Site& site) {
  const bool puts_rows = site.node != nullptr && site.node->op() == "ScatterND";
  const std::int64_t axis = site.node != nullptr ? site.node->Int("axis", 0) : 0;
  const bool alone = site.node == nullptr;
  return [=, stored = StoredInputs(s, site),
          shape = site.output_shape](std::span<const at::Tensor> x) -> Tensors {
    const Tensors all = stored.AmongThem(x);
    if (puts_rows) return {PutRows(all[0], all[1], all[2])};
    if (alone) return {Seen(all[0].index_copy(0, all[1], all[2]), shape)};
    return {all[0].scatter(axis, all[1], all[2])};
  };
}

}  // namespace

extern const Twin kScatterTwin = {.operands = Operands, .make = Make};

}  // namespace joulecast
