// SPDX-License-Identifier: Apache-2.0
// compare -- a truth value for each pair of elements: a < b, a = b, a and b.
#include "base/checked.h"
#include "layers/node_view.h"
#include "layers/stream.h"

namespace joulecast {
namespace {

enum Slot : std::size_t { kOut, kIn, kType };

constexpr Param kParams[] = {
    {.name = "out"},  // elements of the result, a byte each
    {.name = "in"},   // elements of both operands
    {.name = "dtype", .kind = ParamKind::kDType, .default_value = std::int64_t(DType::kF32)},
};

Shape OutputShape(const LayerSpec& s) { return {s[kOut]}; }

Work CountWork(const LayerSpec& s) {
  return {.input_bytes = BytesOf(s[kIn], s[kType]), .output_bytes = s[kOut]};
}

std::optional<Lowered> Lower(const NodeView& node) {
  const Shape shape = BroadcastShape(node);
  LayerSpec spec(kCompare);
  spec.Set(kOut, ElementCount(shape))
      .Set(kIn, CheckedSum({ElementCount(node.Input(0).shape), ElementCount(node.Input(1).shape)}))
      .Set(kType, static_cast<std::int64_t>(node.Input(0).dtype));
  Lowered lowered = LowerTo(node, spec, shape);
  lowered.outputs[0].dtype = DType::kBool;
  return lowered;
}

constexpr std::string_view kOps[] = {"Equal",          "Less", "LessOrEqual", "Greater",
                                     "GreaterOrEqual", "And",  "Or",          "Xor"};

}  // namespace

const LayerType kCompare = {.name = "compare",
                            .summary = "elementwise comparison or logic, with broadcasting",
                            .example = "compare out=802816 in=1605632",
                            .params = kParams,
                            .ops = kOps,
                            .output_shape = OutputShape,
                            .work = CountWork,
                            .lower = Lower,
                            .terms = kStreamTermList,
                            .amounts = MeasureOnePass,
                            .backward = nullptr,  // of truth values there is none
                            .relative = ReluOfEqualBytes,
                            .read_amounts = ReadStream};

}  // namespace joulecast
