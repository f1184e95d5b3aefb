// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/cat.h>

#include "backends/torch/twin.h"

namespace joulecast {
namespace {

/// Parts as equal as can be.
std::vector<Operand> Operands(const LayerSpec& spec) {
  const std::int64_t parts = spec.Get("parts");
  std::vector<Operand> operands;
  for (std::int64_t i = 0; i < parts; ++i) {
    const std::int64_t extra = i < spec.Get("elements") % parts ? 1 : 0;
    operands.push_back({.shape = {spec.Get("elements") / parts + extra}});
  }
  return operands;
}

Step Make(const LayerSpec& spec, const Site& site) {
  if (site.node != nullptr && site.node->op() == "PrependToken") {
    return [stored = StoredInputs(spec, site)](std::span<const at::Tensor> x) -> Tensors {
      const Tensors all = stored.AmongThem(x);
      return {at::cat({all[0].expand({all[1].size(0), -1, -1}), all[1]}, 1)};
    };
  }
  std::int64_t axis = 0;
  if (site.node != nullptr) {
    axis = static_cast<std::int64_t>(
        site.node->Axis(site.node->Int("axis", 1), site.output_shape.size()));
  }
  return [axis, stored = StoredInputs(spec, site)](std::span<const at::Tensor> x) -> Tensors {
    return {at::cat(stored.AmongThem(x), axis)};
  };
}

}  // namespace

extern const Twin kConcatTwin = {.operands = Operands, .make = Make};

}  // namespace joulecast
