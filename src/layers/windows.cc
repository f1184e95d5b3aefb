// SPDX-License-Identifier: Apache-2.0
// windows -- an image's elements copied so that those of one window lie together, or back, or those
// of each 2x2 pixels. PyTorch pads, rolls (one copy for each axis) and reorders one by one.
// What is added to tokens by their place, or to scores by the places of two tokens, is an `add`.
#include <algorithm>
#include <cmath>

#include "base/checked.h"
#include "layers/backward.h"
#include "layers/elementwise.h"
#include "layers/stream.h"
#include "layers/view.h"
#include "layers/window_plan.h"

namespace joulecast {
namespace {

enum Slot : std::size_t { kIn, kOut, kCopies, kType };

constexpr Param kParams[] = {
    {.name = "in"},   // elements
    {.name = "out"},  // elements
    {.name = "copies", .default_value = 1},
    {.name = "dtype", .kind = ParamKind::kDType, .default_value = std::int64_t(DType::kF32)},
};

Shape OutputShape(const LayerSpec& s) { return {s[kOut]}; }

/// The first copy reads what is given and the last writes what is asked for; between them lies the
/// larger of the two, padded.
Work CountWork(const LayerSpec& s) {
  const std::int64_t between = CheckedProduct({s[kCopies] - 1, std::max(s[kIn], s[kOut])});
  return {.input_bytes = BytesOf(CheckedSum({s[kIn], between}), s[kType]),
          .output_bytes = BytesOf(CheckedSum({s[kOut], between}), s[kType])};
}

Lowered Copied(const NodeView& node, const Shape& to, std::int64_t copies) {
  LayerSpec spec(kWindows);
  spec.Set(kIn, ElementCount(node.Input(0).shape))
      .Set(kOut, ElementCount(to))
      .Set(kCopies, copies)
      .Set(kType, static_cast<std::int64_t>(node.Input(0).dtype));
  return LowerTo(node, spec, to);
}

Lowered LowerMergePatches(const NodeView& node) {
  const Shape& x = node.InputOfRank(0, 4).shape;
  if (x.size() != 4) node.Fail("its input " + ToString(x) + " should have 4 dimensions");
  const bool is_odd = x[1] % 2 != 0 || x[2] % 2 != 0;
  return Copied(node, {x[0], (x[1] + 1) / 2, (x[2] + 1) / 2, CheckedProduct({4, x[3]})},
                is_odd ? 2 : 1);
}

/// The first input and so many other numbers, of which some are stored.
Lowered AddedTo(const NodeView& node, std::int64_t others, std::int64_t weights) {
  const TensorInfo& x = node.Input(0);
  const std::int64_t elements = ElementCount(x.shape);
  LayerSpec spec(kAdd);
  spec.Set(kEwOut, elements)
      .Set(kEwIn, CheckedSum({elements, others}))
      .Set(kEwWeights, weights)
      .Set(kEwType, static_cast<std::int64_t>(x.dtype));
  return LowerTo(node, spec, x.shape);
}

/// [batch, tokens, width]: as many stored positions as the image has tokens.
Lowered LowerPositions(const NodeView& node) {
  const Shape& x = node.InputOfRank(0, 3).shape;
  const std::int64_t positions = ElementCount(Shape(x.begin() + 1, x.end()));
  return AddedTo(node, positions, positions);
}

/// A row of the table for each offset between two tokens of a window, a column for each head.
Lowered LowerRelativeBias(const NodeView& node) {
  const Shape& scores = node.InputOfRank(0, 4).shape;
  const TensorInfo& table = node.InputOfRank(1, 2);
  const auto side = std::llround(std::sqrt(static_cast<double>(scores.back())));
  const Shape wanted = {(2 * side - 1) * (2 * side - 1), scores[1]};
  if (side * side != scores.back() || table.shape != wanted) {
    node.Fail("its table " + ToString(table.shape) + " does not fit scores of " + ToString(scores));
  }
  const std::int64_t entries = ElementCount(table.shape);
  return AddedTo(node, entries, IsWeight(table) ? entries : 0);
}

/// One mask for each window of a sample; without a roll every token may see every other.
Lowered LowerMask(const NodeView& node) {
  const WindowPlan plan = PlanWindows(node, 1);
  if (!plan.is_rolled) return LowerView(node, kReshape, node.Input(0).shape);
  return AddedTo(node, CheckedProduct({plan.windows, plan.tokens(), plan.tokens()}), 0);
}

std::optional<Lowered> Lower(const NodeView& node) {
  if (node.op() == "MergePatches") return LowerMergePatches(node);
  if (node.op() == "AddPositions") return LowerPositions(node);
  if (node.op() == "AddRelativeBias") return LowerRelativeBias(node);
  if (node.op() == "AddWindowMask") return LowerMask(node);
  const bool joins = node.op() == "JoinWindows";
  const WindowPlan plan = PlanWindows(node, joins ? 1 : 0);
  if (joins && node.Input(0).shape != plan.Cut()) {
    node.Fail("windows " + ToString(node.Input(0).shape) + " do not fit the image " +
              ToString(plan.image));
  }
  const std::int64_t copies = 1 + (plan.is_padded() ? 1 : 0) + (plan.is_rolled ? 2 : 0);
  return Copied(node, joins ? plan.image : plan.Cut(), copies);
}

constexpr std::string_view kOps[] = {"CutWindows",   "JoinWindows",     "MergePatches",
                                     "AddPositions", "AddRelativeBias", "AddWindowMask"};

}  // namespace

const LayerType kWindows = {.name = "windows",
                            .summary = "an image reordered into windows or patches, or back",
                            .example = "windows in=301056 out=301056 copies=3",
                            .params = kParams,
                            .ops = kOps,
                            .output_shape = OutputShape,
                            .work = CountWork,
                            .lower = Lower,
                            .terms = kStreamTermList,
                            .amounts = MeasureOnePass,
                            .backward = BackwardOfMove,
                            .relative = ReluOfEqualBytes,
                            .read_amounts = ReadStream};

}  // namespace joulecast
