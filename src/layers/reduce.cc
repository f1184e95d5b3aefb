// SPDX-License-Identifier: Apache-2.0
// reduce -- sum, mean, product, extremum or norm along some axes, or the place of the extremum:
// Reduce*, ArgMax, ArgMin. Additions are not multiply-accumulates: no MACs, the squares of
// ReduceL2 and ReduceSumSquare neither.
#include <algorithm>

#include "layers/move.h"

namespace joulecast {
namespace {

/// Axes along which the node reduces; without any all of them, or none if the node says so.
std::vector<bool> ReducedAxes(const NodeView& node, std::size_t rank) {
  const auto axes = node.IntsArgument("axes", 1);
  if (!axes || axes->empty()) {
    return std::vector<bool>(rank, node.Int("noop_with_empty_axes", 0) == 0);
  }
  std::vector<bool> reduced(rank, false);
  for (const std::int64_t axis : *axes) reduced[node.Axis(axis, rank)] = true;
  return reduced;
}

Shape WithoutAxes(const Shape& from, const std::vector<bool>& reduced, bool keep) {
  Shape shape;
  for (std::size_t axis = 0; axis < from.size(); ++axis) {
    if (!reduced[axis]) shape.push_back(from[axis]);
    if (reduced[axis] && keep) shape.push_back(1);
  }
  return shape;
}

std::optional<Lowered> Lower(const NodeView& node) {
  const TensorInfo& x = node.Input(0);
  const bool keep = node.Int("keepdims", 1) != 0;
  const bool is_place = node.op() == "ArgMax" || node.op() == "ArgMin";
  std::vector<bool> reduced(x.shape.size(), false);
  if (is_place) {
    reduced[node.Axis(node.Int("axis", 0), x.shape.size())] = true;
  } else {
    reduced = ReducedAxes(node, x.shape.size());
  }
  Lowered lowered =
      LowerMove(node, kReduce, ElementCount(x.shape), WithoutAxes(x.shape, reduced, keep));
  if (is_place) lowered.outputs[0].dtype = DType::kI64;
  return lowered;
}

constexpr std::string_view kOps[] = {
    "ReduceSum", "ReduceMean",   "ReduceProd",      "ReduceMax",       "ReduceMin", "ReduceL1",
    "ReduceL2",  "ReduceLogSum", "ReduceLogSumExp", "ReduceSumSquare", "ArgMax",    "ArgMin"};

}  // namespace

const LayerType kReduce = Move("reduce", "sum, mean, extremum or its place, along some axes",
                               "reduce in=802816 out=4096", kOps, Lower);

}  // namespace joulecast
