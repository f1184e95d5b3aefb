// SPDX-License-Identifier: Apache-2.0
// expand -- a tensor seen as if extents of 1 were larger: stays as it is in memory, so it is free.
#include "layers/backward.h"
#include "layers/view.h"

namespace joulecast {
namespace {

std::optional<Lowered> Lower(const NodeView& node) {
  const TensorInfo& x = node.Input(0);
  const auto target = node.IntsArgument("shape", 1);
  if (!target) node.Fail("it has no target shape");
  Lowered lowered = LowerView(node, kExpand, BroadcastShape(node, x.shape, *target));
  TensorInfo& output = lowered.outputs[0];
  if (output.shape != x.shape) output.constant.reset();
  output.stored = StoredElements(x);
  return lowered;
}

constexpr std::string_view kOps[] = {"Expand"};

}  // namespace

const LayerType kExpand = {.name = "expand",
                           .summary = "extents of 1 seen as larger ones; moves nothing",
                           .example = "expand elements=802816",
                           .params = kViewParams,
                           .ops = kOps,
                           .is_free = true,
                           .output_shape = ViewShape,
                           .work = CountView,
                           .lower = Lower,
                           .gradient_as = GradientOfView};

}  // namespace joulecast
