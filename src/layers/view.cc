// SPDX-License-Identifier: Apache-2.0
#include "layers/view.h"

namespace joulecast {
namespace {

enum Slot : std::size_t { kElements, kType };

}  // namespace

Shape ViewShape(const LayerSpec& spec) { return {spec[kElements]}; }

Work CountView(const LayerSpec&) { return {}; }

Lowered LowerView(const NodeView& node, const LayerType& type, const Shape& to) {
  const TensorInfo& x = node.Input(0);
  LayerSpec spec(type);
  spec.Set(kElements, ElementCount(to)).Set(kType, static_cast<std::int64_t>(x.dtype));
  Lowered lowered = LowerTo(node, spec, to);
  lowered.outputs[0].constant = x.constant;
  if (x.constant) lowered.outputs[0].constant->shape = to;
  lowered.outputs[0].stored = x.stored;
  return lowered;
}

}  // namespace joulecast
