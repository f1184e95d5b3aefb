// SPDX-License-Identifier: Apache-2.0
// Alone, so many plain copies.
#include <ATen/ops/cat.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/roll.h>

#include <utility>

#include "backends/torch/twin.h"
#include "layers/window_plan.h"

namespace joulecast {
namespace {

std::vector<Operand> Operands(const LayerSpec& spec) { return {{.shape = {spec.Get("in")}}}; }

/// The first copy makes it as large as the result, the others roll it.
Step MakeCopies(const LayerSpec& spec) {
  const std::int64_t out = spec.Get("out");
  return [more = out - spec.Get("in"),
          copies = spec.Get("copies")](std::span<const at::Tensor> x) -> Tensors {
    at::Tensor y = at::constant_pad_nd(x[0], {0, more});
    for (std::int64_t copy = 1; copy < copies; ++copy) y = at::roll(y, 1, 0);
    return {y};
  };
}

/// [batch, rows, columns] of windows, and each window's own rows, columns and channels.
Shape AsCut(const WindowPlan& plan) {
  return {plan.image[0], plan.padded[1] / plan.side,
          plan.side,     plan.padded[2] / plan.side,
          plan.side,     plan.image[3]};
}

/// How far the image is rolled: what would go all around one window is not.
Shape Roll(const NodeView& node, const WindowPlan& plan, std::int64_t sign) {
  const std::int64_t shift = sign * node.Int("shift", 0);
  return {plan.padded[1] > plan.side ? shift : 0, plan.padded[2] > plan.side ? shift : 0};
}

Step MakeCut(const NodeView& node) {
  const WindowPlan plan = PlanWindows(node, 0);
  const Shape around = {0, 0, 0, plan.padded[2] - plan.image[2], 0, plan.padded[1] - plan.image[1]};
  return [plan, around, roll = Roll(node, plan, -1)](std::span<const at::Tensor> x) -> Tensors {
    at::Tensor y = plan.is_padded() ? at::constant_pad_nd(x[0], around) : x[0];
    if (plan.is_rolled) y = at::roll(y, roll, {1, 2});
    return {y.reshape(AsCut(plan)).permute({0, 1, 3, 2, 4, 5}).reshape(plan.Cut())};
  };
}

Step MakeJoin(const NodeView& node) {
  const WindowPlan plan = PlanWindows(node, 1);
  return [plan, roll = Roll(node, plan, 1)](std::span<const at::Tensor> x) -> Tensors {
    Shape windows = AsCut(plan);
    std::swap(windows[2], windows[3]);
    at::Tensor y = x[0].reshape(windows).permute({0, 1, 3, 2, 4, 5}).reshape(plan.padded);
    if (plan.is_rolled) y = at::roll(y, roll, {1, 2});
    return {y.slice(1, 0, plan.image[1]).slice(2, 0, plan.image[2]).contiguous()};
  };
}

/// The four pixels of each 2x2, behind each other in channels.
Tensors MergePatches(std::span<const at::Tensor> x) {
  const at::Tensor even =
      at::constant_pad_nd(x[0], {0, 0, 0, x[0].size(2) % 2, 0, x[0].size(1) % 2});
  const auto pixel = [&](std::int64_t row, std::int64_t column) {
    return even.slice(1, row, std::nullopt, 2).slice(2, column, std::nullopt, 2);
  };
  return {at::cat({pixel(0, 0), pixel(1, 0), pixel(0, 1), pixel(1, 1)}, -1)};
}

Step Make(const LayerSpec& spec, const Site& site) {
  if (site.node == nullptr) return MakeCopies(spec);
  if (site.node->op() == "MergePatches") return MergePatches;
  return site.node->op() == "CutWindows" ? MakeCut(*site.node) : MakeJoin(*site.node);
}

}  // namespace

extern const Twin kWindowsTwin = {.operands = Operands, .make = Make};

}  // namespace joulecast
