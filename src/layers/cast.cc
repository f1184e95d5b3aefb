// SPDX-License-Identifier: Apache-2.0
// cast -- the same numbers as another element type; nothing at all where it is the same type.
#include "layers/backward.h"
#include "layers/node_view.h"
#include "layers/stream.h"

namespace joulecast {
namespace {

enum Slot : std::size_t { kElements, kTo, kType };

constexpr Param kParams[] = {
    {.name = "elements"},
    {.name = "to", .kind = ParamKind::kDType, .default_value = std::int64_t(DType::kF16)},
    {.name = "dtype", .kind = ParamKind::kDType, .default_value = std::int64_t(DType::kF32)},
};

Shape OutputShape(const LayerSpec& s) { return {s[kElements]}; }

Work CountWork(const LayerSpec& s) {
  return {.input_bytes = BytesOf(s[kElements], s[kType]),
          .output_bytes = BytesOf(s[kElements], s[kTo])};
}

std::optional<Lowered> Lower(const NodeView& node) {
  const TensorInfo& x = node.Input(0);
  const auto to =
      node.op() == "CastLike" ? std::optional(node.Input(1).dtype) : node.ElementType("to");
  if (!to) node.Fail("it does not say to which element type");
  LayerSpec spec(kCast);
  spec.Set(kElements, ElementCount(x.shape))
      .Set(kTo, static_cast<std::int64_t>(*to))
      .Set(kType, static_cast<std::int64_t>(x.dtype));
  Lowered lowered = LowerTo(node, spec, x.shape);
  lowered.outputs[0].dtype = *to;
  lowered.outputs[0].stored = x.stored;
  return lowered;
}

constexpr std::string_view kOps[] = {"Cast", "CastLike"};

}  // namespace

const LayerType kCast = {.name = "cast",
                         .summary = "the same numbers as another element type",
                         .example = "cast elements=802816 to=f16",
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
