// SPDX-License-Identifier: Apache-2.0
// prelu -- y = x, or slope x where negative, with a trained slope for each channel or one for all.
#include "layers/elementwise.h"

namespace joulecast {
namespace {

/// The slope is laid along the input as any other operand, but before opset 7 along the channels.
std::optional<Lowered> Lower(const NodeView& node) {
  const TensorInfo& x = node.Input(0);
  const TensorInfo& slope = node.Input(1);
  const bool per_channel =
      slope.shape.size() == 1 && x.shape.size() > 1 && slope.shape[0] == x.shape[1];
  if (!per_channel && BroadcastShape(node) != x.shape) {
    node.Fail("slopes " + ToString(slope.shape) + " do not fit the input " + ToString(x.shape));
  }
  const std::int64_t elements = ElementCount(x.shape);
  const std::int64_t slopes = ElementCount(slope.shape);
  LayerSpec spec(kPRelu);
  spec.Set(kEwOut, elements)
      .Set(kEwIn, elements + slopes)
      .Set(kEwWeights, slope.is_constant ? slopes : 0)
      .Set(kEwInplace, node.Int("inplace", 0))
      .Set(kEwType, static_cast<std::int64_t>(x.dtype));
  return LowerTo(node, spec, x.shape);
}

constexpr std::string_view kOps[] = {"PRelu"};

constexpr LayerType Make() {
  LayerType type = Elementwise<kPRelu>("prelu", "rectifier with a trained slope",
                                       "prelu out=802816 in=802880 weights=64", kOps);
  type.lower = Lower;
  return type;
}

}  // namespace

const LayerType kPRelu = Make();

}  // namespace joulecast
