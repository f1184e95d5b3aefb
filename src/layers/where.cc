// SPDX-License-Identifier: Apache-2.0
// where -- y = condition ? a : b, element by element, with broadcasting.
#include "base/checked.h"
#include "layers/node_view.h"
#include "layers/stream.h"

namespace joulecast {
namespace {

enum Slot : std::size_t { kOut, kIn, kConditions, kType };

constexpr Param kParams[] = {
    {.name = "out"},         // elements of the result
    {.name = "in"},          // elements of both choices
    {.name = "conditions"},  // truth values, a byte each
    {.name = "dtype", .kind = ParamKind::kDType, .default_value = std::int64_t(DType::kF32)},
};

Shape OutputShape(const LayerSpec& s) { return {s[kOut]}; }

Work CountWork(const LayerSpec& s) {
  return {.input_bytes = CheckedSum({s[kConditions], BytesOf(s[kIn], s[kType])}),
          .output_bytes = BytesOf(s[kOut], s[kType])};
}

/// The choice is all that is needed of the forward pass.
Work CountBackward(const LayerSpec& s, bool /*input_grad*/) {
  return {.input_bytes = CheckedSum({s[kConditions], BytesOf(s[kOut], s[kType])}),
          .output_bytes = BytesOf(s[kIn], s[kType])};
}

std::optional<Lowered> Lower(const NodeView& node) {
  const Shape shape = BroadcastShape(node);
  LayerSpec spec(kWhere);
  spec.Set(kOut, ElementCount(shape))
      .Set(kIn, CheckedSum({ElementCount(node.Input(1).shape), ElementCount(node.Input(2).shape)}))
      .Set(kConditions, ElementCount(node.Input(0).shape))
      .Set(kType, static_cast<std::int64_t>(node.Input(1).dtype));
  Lowered lowered = LowerTo(node, spec, shape);
  lowered.outputs[0].dtype = node.Input(1).dtype;
  return lowered;
}

constexpr std::string_view kOps[] = {"Where"};

}  // namespace

const LayerType kWhere = {.name = "where",
                          .summary = "elementwise choice between two tensors, with broadcasting",
                          .example = "where out=802816 in=802817 conditions=802816",
                          .params = kParams,
                          .ops = kOps,
                          .output_shape = OutputShape,
                          .work = CountWork,
                          .lower = Lower,
                          .terms = kStreamTermList,
                          .amounts = MeasureOnePass,
                          .backward = CountBackward,
                          .relative = ReluOfEqualBytes,
                          .read_amounts = ReadStream};

}  // namespace joulecast
