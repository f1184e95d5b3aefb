// SPDX-License-Identifier: Apache-2.0
// tile -- a tensor repeated along its axes, copied as often.
#include "base/checked.h"
#include "layers/move.h"

namespace joulecast {
namespace {

/// `repeats` says how often along each axis. Opset 1 repeated one axis: inputs `tiles` and `axis`.
std::optional<Lowered> Lower(const NodeView& node) {
  const TensorInfo& x = node.Input(0);
  const auto repeats = node.IntsArgument("repeats", 1);
  if (!repeats) node.Fail("it has no repeats");
  Shape shape = x.shape;
  if (const auto axis = node.IntsArgument("axis", 2); axis && axis->size() == 1) {
    if (repeats->size() != 1) node.Fail("it repeats one axis, but not by one number");
    std::int64_t& extent = shape[node.Axis(axis->front(), shape.size())];
    extent = CheckedProduct({extent, repeats->front()});
  } else if (repeats->size() != shape.size()) {
    node.Fail("its " + std::to_string(repeats->size()) + " repeats do not fit " + ToString(shape));
  } else {
    for (std::size_t i = 0; i < shape.size(); ++i) {
      shape[i] = CheckedProduct({shape[i], (*repeats)[i]});
    }
  }
  Lowered lowered = LowerMove(node, kTile, ElementCount(x.shape), shape);
  lowered.outputs[0].stored = StoredElements(x);
  return lowered;
}

constexpr std::string_view kOps[] = {"Tile"};

}  // namespace

const LayerType kTile =
    Move("tile", "a tensor repeated along its axes", "tile in=768 out=6144", kOps, Lower);

}  // namespace joulecast
