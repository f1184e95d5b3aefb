// SPDX-License-Identifier: Apache-2.0
// transpose -- the same elements with dimensions in another order. Free: PyTorch only exchanges
// strides, and whoever reads them next pays.
#include "layers/view.h"

namespace joulecast {
namespace {

std::optional<Lowered> Lower(const NodeView& node) {
  const Shape& from = node.Input(0).shape;
  std::vector<std::int64_t> order(from.size());
  for (std::size_t i = 0; i < from.size(); ++i) {
    order[i] = static_cast<std::int64_t>(from.size() - 1 - i);
  }
  order = node.Ints("perm").value_or(order);
  Shape to;
  std::vector<bool> seen(from.size(), false);
  for (const std::int64_t axis : order) {
    const std::size_t at = node.Axis(axis, from.size());
    if (seen[at]) node.Fail("its order of dimensions repeats " + std::to_string(axis));
    seen[at] = true;
    to.push_back(from[at]);
  }
  if (to.size() != from.size()) node.Fail("its order of dimensions does not fit " + ToString(from));
  Lowered lowered = LowerView(node, kTranspose, to);
  lowered.outputs[0].constant.reset();  // its numbers are in another order now
  return lowered;
}

constexpr std::string_view kOps[] = {"Transpose"};

}  // namespace

const LayerType kTranspose = {.name = "transpose",
                              .summary = "the same elements, dimensions reordered; moves nothing",
                              .example = "transpose elements=802816",
                              .params = kViewParams,
                              .ops = kOps,
                              .is_free = true,
                              .output_shape = ViewShape,
                              .work = CountView,
                              .lower = Lower};

}  // namespace joulecast
