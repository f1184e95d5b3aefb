// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/index_select.h>

#include "backends/torch/twin.h"

namespace joulecast {
namespace {

/// As many slices to choose from as are taken.
std::vector<Operand> Operands(const LayerSpec& spec) {
  const std::int64_t rows = spec.Get("rows");
  return {{.shape = {rows, spec.Get("width")}},
          {.shape = {rows}, .dtype = DType::kI64, .below = rows}};
}

Step Make(const LayerSpec& spec, const Site& site) {
  std::int64_t axis = 0;
  bool may_count_back = false;
  if (site.node != nullptr) {
    const std::size_t rank = site.node->Input(0).shape.size();
    axis = static_cast<std::int64_t>(site.node->Axis(site.node->Int("axis", 0), rank));
    may_count_back = site.node->Input(1).constant.has_value();
  }
  return [=, stored = StoredInputs(spec, site),
          shape = site.output_shape](std::span<const at::Tensor> x) -> Tensors {
    const Tensors all = stored.AmongThem(x);
    at::Tensor indices = all[1].flatten();
    if (may_count_back) indices = indices.remainder(all[0].size(axis));
    return {Seen(at::index_select(all[0], axis, indices), shape)};
  };
}

}  // namespace

extern const Twin kGatherTwin = {.operands = Operands, .make = Make};

}  // namespace joulecast
