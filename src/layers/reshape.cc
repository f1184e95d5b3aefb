// SPDX-License-Identifier: Apache-2.0
// reshape -- the same elements under another shape: Reshape, Flatten, Squeeze, Unsqueeze, Identity,
// and a Cast to the type that they have. Free: a contiguous tensor is only seen differently.
#include <algorithm>

#include "base/checked.h"
#include "layers/view.h"

namespace joulecast {
namespace {

/// Reshape's target: 0 copies the input's extent, -1 is whatever is left.
Shape ReadTarget(const NodeView& node, const Shape& from) {
  const auto target = node.IntsArgument("shape", 1);
  if (!target) node.Fail("it has no target shape");
  Shape to = *target;
  const std::int64_t elements = ElementCount(from);
  const bool keep_zero = node.Int("allowzero", 0) != 0;
  auto wildcard = to.end();
  std::int64_t known = 1;
  for (auto extent = to.begin(); extent != to.end(); ++extent) {
    const auto axis = static_cast<std::size_t>(extent - to.begin());
    if (*extent == 0 && !keep_zero && axis < from.size()) *extent = from[axis];
    if (*extent < -1) node.Fail("target shape " + ToString(*target) + " has a negative extent");
    if (*extent == -1 && wildcard != to.end()) node.Fail("target shape has two -1");
    if (*extent == -1) {
      wildcard = extent;
    } else {
      known = CheckedProduct({known, *extent});
    }
  }
  // A file exported for one batch size has it written into its reshapes: carry ours there.
  const std::int64_t baked = node.context().baked_batch;
  const std::int64_t batch = node.context().batch;
  if (baked > 0 && baked != batch && !to.empty() && to[0] == baked && known > 0) {
    const std::int64_t rebatched = CheckedProduct({known / baked, batch});
    const bool fits_now = wildcard != to.end() ? false : known == elements;
    if (!fits_now && rebatched > 0 && elements % rebatched == 0) {
      to[0] = batch;
      known = rebatched;
    }
  }
  if (wildcard != to.end() && known > 0) *wildcard = elements / known;
  if (ElementCount(to) != elements) {
    node.Fail("cannot view " + ToString(from) + " as " + ToString(*target) +
              "; if the file was exported for one fixed batch size, leave out --batch");
  }
  return to;
}

Shape Flattened(const NodeView& node, const Shape& from) {
  const std::int64_t axis = node.Int("axis", 1);
  const std::size_t split =
      axis == static_cast<std::int64_t>(from.size()) ? from.size() : node.Axis(axis, from.size());
  const auto middle = from.begin() + static_cast<std::ptrdiff_t>(split);
  return {ElementCount(Shape(from.begin(), middle)), ElementCount(Shape(middle, from.end()))};
}

Shape Squeezed(const NodeView& node, const Shape& from) {
  std::vector<bool> drop(from.size(), false);
  if (const auto axes = node.IntsArgument("axes", 1)) {
    for (const std::int64_t axis : *axes) {
      const std::size_t at = node.Axis(axis, from.size());
      if (from[at] != 1)
        node.Fail("cannot squeeze axis " + std::to_string(axis) + " of " + ToString(from));
      drop[at] = true;
    }
  } else {
    for (std::size_t i = 0; i < from.size(); ++i) drop[i] = from[i] == 1;
  }
  Shape to;
  for (std::size_t i = 0; i < from.size(); ++i) {
    if (!drop[i]) to.push_back(from[i]);
  }
  return to;
}

Shape Unsqueezed(const NodeView& node, const Shape& from) {
  const auto axes = node.IntsArgument("axes", 1);
  if (!axes) node.Fail("it has no axes");
  const std::size_t rank = from.size() + axes->size();
  std::vector<bool> fresh(rank, false);
  for (const std::int64_t axis : *axes) fresh[node.Axis(axis, rank)] = true;
  if (static_cast<std::size_t>(std::count(fresh.begin(), fresh.end(), true)) != axes->size()) {
    node.Fail("its axes repeat");
  }
  Shape to;
  auto next = from.begin();
  for (const bool is_fresh : fresh) to.push_back(is_fresh ? 1 : *next++);
  return to;
}

std::optional<Lowered> Lower(const NodeView& node) {
  const TensorInfo& x = node.Input(0);
  Shape to = x.shape;
  if (node.op() == "Cast" && node.ElementType("to") != x.dtype) return std::nullopt;
  if (node.op() == "CastLike" && node.Input(1).dtype != x.dtype) return std::nullopt;
  if (node.op() == "Reshape") to = ReadTarget(node, x.shape);
  if (node.op() == "Flatten") to = Flattened(node, x.shape);
  if (node.op() == "Squeeze") to = Squeezed(node, x.shape);
  if (node.op() == "Unsqueeze") to = Unsqueezed(node, x.shape);
  return LowerView(node, kReshape, to);
}

constexpr std::string_view kOps[] = {"Reshape",  "Flatten", "Squeeze", "Unsqueeze",
                                     "Identity", "Cast",    "CastLike"};

}  // namespace

const LayerType kReshape = {.name = "reshape",
                            .summary = "the same elements under another shape; moves nothing",
                            .example = "reshape elements=802816",
                            .params = kViewParams,
                            .ops = kOps,
                            .is_free = true,
                            .output_shape = ViewShape,
                            .work = CountView,
                            .lower = Lower};

}  // namespace joulecast
