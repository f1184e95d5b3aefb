// SPDX-License-Identifier: Apache-2.0
// rearrange -- a tensor copied with its elements in another order, or some of them blanked:
// DepthToSpace and SpaceToDepth (pixel shuffles), ReverseSequence, Trilu, PyTorch's channel
// shuffle.
#include "base/checked.h"
#include "layers/move.h"

namespace joulecast {
namespace {

/// Blocks of b x b pixels become channels, or the other way round.
Shape Shuffled(const NodeView& node) {
  Shape shape = node.InputOfRank(0, 4).shape;
  const std::int64_t block = node.Int("blocksize", 0);
  const bool to_space = node.op() == "DepthToSpace";
  const bool fits =
      block > 0 && block < 1024 && shape.size() == 4 &&
      (to_space ? shape[1] % (block * block) == 0 : shape[2] % block == 0 && shape[3] % block == 0);
  if (!fits) {
    node.Fail("blocks of " + std::to_string(block) + " do not fit " + ToString(shape));
  }
  shape[1] = to_space ? shape[1] / (block * block) : CheckedProduct({shape[1], block, block});
  for (const std::size_t axis : {2, 3}) {
    shape[axis] = to_space ? CheckedProduct({shape[axis], block}) : shape[axis] / block;
  }
  return shape;
}

std::optional<Lowered> Lower(const NodeView& node) {
  const bool shuffles = node.op() == "DepthToSpace" || node.op() == "SpaceToDepth";
  const Shape& from = node.Input(0).shape;
  return LowerMove(node, kRearrange, ElementCount(from), shuffles ? Shuffled(node) : from);
}

constexpr std::string_view kOps[] = {"DepthToSpace", "SpaceToDepth", "ReverseSequence", "Trilu",
                                     "ChannelShuffle"};

}  // namespace

const LayerType kRearrange = Move("rearrange", "elements copied in another order: pixel shuffle",
                                  "rearrange in=802816 out=802816", kOps, Lower);

}  // namespace joulecast
