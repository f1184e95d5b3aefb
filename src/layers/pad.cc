// SPDX-License-Identifier: Apache-2.0
// pad -- a tensor copied into a larger one, or cut by negative padding; what is put around it
// (zeros, the edge, a reflection) costs the same.
#include "base/checked.h"
#include "layers/move.h"

namespace joulecast {
namespace {

/// `pads` holds what goes before each axis, then what goes behind; `axes` names them, else all.
/// Opset 1 calls it `paddings`.
std::optional<Lowered> Lower(const NodeView& node) {
  const TensorInfo& x = node.Input(0);
  auto pads = node.Ints("paddings");
  if (!pads) pads = node.IntsArgument("pads", 1);
  if (!pads) node.Fail("it has no pads");
  const auto axes = node.IntsArgument("axes", 3);
  const std::size_t count = axes ? axes->size() : x.shape.size();
  if (pads->size() != 2 * count) {
    node.Fail("its " + std::to_string(pads->size()) + " pads do not fit " + std::to_string(count) +
              " axes");
  }
  Shape shape = x.shape;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t axis = axes ? node.Axis((*axes)[i], shape.size()) : i;
    shape[axis] = CheckedSum({shape[axis], (*pads)[i], (*pads)[count + i]});
  }
  return LowerMove(node, kPad, ElementCount(x.shape), shape);
}

constexpr std::string_view kOps[] = {"Pad"};

}  // namespace

const LayerType kPad =
    Move("pad", "a tensor copied into a larger one", "pad in=3211264 out=3326976", kOps, Lower);

}  // namespace joulecast
