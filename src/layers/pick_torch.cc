// SPDX-License-Identifier: Apache-2.0
// Alone, whole rows are read.
#include <ATen/ops/index.h>

#include <string>

#include "backends/torch/move_twin.h"
#include "joulecast/error.h"

namespace joulecast {
namespace {

std::vector<Operand> Operands(const LayerSpec& s) {
  const std::int64_t rows = s[kMoveIndices];
  CheckMove(s, s[kMoveIn] == s[kMoveOut] && rows > 0 && s[kMoveIn] % rows == 0);
  return {{.shape = {rows, s[kMoveIn] / rows}},
          {.shape = {rows}, .dtype = DType::kI64, .below = rows}};
}

at::Tensor Rows(const at::Tensor& x, const at::Tensor& indices) {
  c10::List<c10::optional<at::Tensor>> places;
  for (const at::Tensor& place : indices.unbind(-1)) places.push_back(place);
  return at::index(x, places);
}

Step Make(const LayerSpec& s, const Site& site) {
  const bool alone = site.node == nullptr;
  const bool picks_rows = !alone && site.node->op() == "GatherND";
  if (!alone && (site.node->op() == "RoiAlign" || site.node->Int("batch_dims", 0) != 0)) {
    throw Error(ErrorKind::kInput, "torch: cannot run " + std::string(site.node->op()) +
                                       ": PyTorch has no such operation; estimate the network");
  }
  const std::int64_t axis = alone ? 0 : site.node->Int("axis", 0);
  return [=, stored = StoredInputs(s, site),
          shape = site.output_shape](std::span<const at::Tensor> x) -> Tensors {
    const Tensors all = stored.AmongThem(x);
    if (picks_rows) return {Rows(all[0], all[1])};
    if (alone) return {Seen(all[0].index_select(0, all[1]), shape)};
    return {all[0].gather(axis, all[1])};
  };
}

}  // namespace

extern const Twin kPickTwin = {.operands = Operands, .make = Make};

}  // namespace joulecast
