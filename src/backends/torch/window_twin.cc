// SPDX-License-Identifier: Apache-2.0
#include "backends/torch/window_twin.h"

#include "layers/window_plan.h"

namespace joulecast {
namespace {

Step MakePositions(const LayerSpec& spec, const Site& site) {
  Shape shape = site.output_shape;
  shape[0] = 1;
  return [positions = site.source.Make({.shape = shape}, TypeOf(spec))](
             std::span<const at::Tensor> x) -> Tensors { return {x[0].add(positions)}; };
}

/// A row of the table [offsets, heads] for each pair of tokens, at every call.
Step MakeRelativeBias(const LayerSpec& spec, const Site& site) {
  const std::int64_t tokens = site.output_shape.back();
  const std::int64_t offsets = site.node->Input(1).shape[0];
  const at::Tensor places =
      site.source.Make({.shape = {tokens * tokens}, .below = offsets}, DType::kI64);
  return [=, stored = StoredInputs(spec, site)](std::span<const at::Tensor> x) -> Tensors {
    const Tensors all = stored.AmongThem(x);
    const at::Tensor bias = all[1].index_select(0, places).view({tokens, tokens, -1});
    return {all[0].add(bias.permute({2, 0, 1}).contiguous())};
  };
}

/// Scores [batch * windows, heads, tokens, tokens] and a mask for each window of a sample.
Step MakeMask(const LayerSpec& spec, const Site& site) {
  const WindowPlan plan = PlanWindows(*site.node, 1);
  const Shape shape = {plan.windows, 1, plan.tokens(), plan.tokens()};
  return [mask = site.source.Constant(shape, TypeOf(spec), -1),
          windows = plan.windows](std::span<const at::Tensor> x) -> Tensors {
    const Shape scores = ShapeOf(x[0]);
    return {x[0].view({scores[0] / windows, windows, scores[1], scores[2], scores[3]})
                .add(mask)
                .view(scores)};
  };
}

}  // namespace

Step MakeWindowAddition(const LayerSpec& spec, const Site& site) {
  if (site.node == nullptr) return nullptr;
  if (site.node->op() == "AddPositions") return MakePositions(spec, site);
  if (site.node->op() == "AddRelativeBias") return MakeRelativeBias(spec, site);
  if (site.node->op() == "AddWindowMask") return MakeMask(spec, site);
  return nullptr;
}

}  // namespace joulecast
