// SPDX-License-Identifier: Apache-2.0
// concat -- tensors laid behind each other along one axis: each element is read and written once.
#include "base/checked.h"
#include "layers/node_view.h"

namespace joulecast {
namespace {

enum Slot : std::size_t { kElements, kParts, kType };

constexpr Param kParams[] = {
    {.name = "elements"},  // of the result
    {.name = "parts", .default_value = 2},
    {.name = "dtype", .kind = ParamKind::kDType, .default_value = std::int64_t(DType::kF32)},
};

Shape OutputShape(const LayerSpec& s) { return {s[kElements]}; }

Work CountWork(const LayerSpec& s) {
  const std::int64_t bytes = BytesOf(s[kElements], s[kType]);
  return {.input_bytes = bytes, .output_bytes = bytes};
}

std::optional<Lowered> Lower(const NodeView& node) {
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
  LayerSpec spec(kConcat);
  spec.Set(kElements, ElementCount(shape))
      .Set(kParts, static_cast<std::int64_t>(node.input_count()))
      .Set(kType, static_cast<std::int64_t>(node.Input(0).dtype));
  return LowerTo(node, spec, shape);
}

constexpr std::string_view kOps[] = {"Concat"};

}  // namespace

const LayerType kConcat = {.name = "concat",
                           .summary = "tensors joined along one axis",
                           .example = "concat elements=802816 parts=2",
                           .params = kParams,
                           .ops = kOps,
                           .output_shape = OutputShape,
                           .work = CountWork,
                           .lower = Lower};

}  // namespace joulecast
