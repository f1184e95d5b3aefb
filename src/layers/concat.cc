// SPDX-License-Identifier: Apache-2.0
// concat -- tensors laid behind each other along one axis: each element is read and written once.
#include "base/checked.h"
#include "layers/node_view.h"
#include "layers/stream.h"

namespace joulecast {
namespace {

enum Slot : std::size_t { kElements, kParts, kWeights, kType };

constexpr Param kParams[] = {
    {.name = "elements"},  // of the result
    {.name = "parts", .default_value = 2},
    {.name = "weights", .min = 0, .default_value = 0, .shown = false},  // elements from storage
    {.name = "dtype", .kind = ParamKind::kDType, .default_value = std::int64_t(DType::kF32)},
};

Shape OutputShape(const LayerSpec& s) { return {s[kElements]}; }

Work CountWork(const LayerSpec& s) {
  return {.params = s[kWeights],
          .input_bytes = BytesOf(s[kElements] - s[kWeights], s[kType]),
          .output_bytes = BytesOf(s[kElements], s[kType]),
          .weight_bytes = BytesOf(s[kWeights], s[kType])};
}

/// Computed parts see their part of the result's gradient; of stored ones it is added up.
Work CountBackward(const LayerSpec& s, bool /*input_grad*/) {
  const std::int64_t weights = BytesOf(s[kWeights], s[kType]);
  return {.input_bytes = weights, .weight_bytes = weights};
}

void Check(const LayerSpec& s) {
  if (s[kWeights] > s[kElements]) {
    throw Error(ErrorKind::kInput, "concat: weights=" + std::to_string(s[kWeights]) +
                                       " exceeds elements=" + std::to_string(s[kElements]) +
                                       ", of which they are a part");
  }
}

/// A stored token of [1, 1, width] before the tokens of each sample.
Lowered LowerToken(const NodeView& node) {
  const TensorInfo& token = node.Input(0);
  Shape shape = node.InputOfRank(1, 3).shape;
  if (token.shape != Shape{1, 1, shape.back()}) {
    node.Fail("a token " + ToString(token.shape) + " does not fit " + ToString(shape));
  }
  shape[1] = CheckedSum({shape[1], 1});
  LayerSpec spec(kConcat);
  spec.Set(kElements, ElementCount(shape))
      .Set(kWeights, IsWeight(token) ? shape.back() : 0)
      .Set(kParts, 2)
      .Set(kType, static_cast<std::int64_t>(token.dtype));
  return LowerTo(node, spec, shape);
}

std::optional<Lowered> Lower(const NodeView& node) {
  if (node.op() == "PrependToken") return LowerToken(node);
  Shape shape = node.InputOfRank(0, 1).shape;
  const std::size_t axis = node.Axis(node.Int("axis", 1), shape.size());
  for (std::size_t i = 1; i < node.input_count(); ++i) {
    Shape part = node.InputOfRank(i, 1).shape;
    const bool same_rank = part.size() == shape.size();
    const std::int64_t extent = same_rank ? part[axis] : 0;
    if (same_rank) part[axis] = shape[axis];
    if (part != shape) {
      node.Fail("parts " + ToString(node.Input(0).shape) + " and " + ToString(node.Input(i).shape) +
                " do not fit along axis " + std::to_string(axis));
    }
    shape[axis] = CheckedSum({shape[axis], extent});
  }
  std::int64_t weights = 0;
  for (std::size_t i = 0; i < node.input_count(); ++i) {
    const TensorInfo& part = node.Input(i);
    if (IsWeight(part)) weights = CheckedSum({weights, StoredElements(part)});
  }
  LayerSpec spec(kConcat);
  spec.Set(kElements, ElementCount(shape))
      .Set(kWeights, weights)
      .Set(kParts, static_cast<std::int64_t>(node.input_count()))
      .Set(kType, static_cast<std::int64_t>(node.Input(0).dtype));
  return LowerTo(node, spec, shape);
}

constexpr std::string_view kOps[] = {"Concat", "PrependToken"};

}  // namespace

const LayerType kConcat = {.name = "concat",
                           .summary = "tensors joined along one axis",
                           .example = "concat elements=802816 parts=2",
                           .params = kParams,
                           .ops = kOps,
                           .check = Check,
                           .output_shape = OutputShape,
                           .work = CountWork,
                           .lower = Lower,
                           .terms = kStreamTermList,
                           .amounts = MeasureOnePass,
                           .backward = CountBackward,
                           .relative = ReluOfEqualBytes,
                           .read_amounts = ReadStream};

}  // namespace joulecast
