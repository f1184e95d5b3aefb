// SPDX-License-Identifier: Apache-2.0
// rotaryembedding -- turns each pair of a head's numbers by an angle that grows with the position
// (RoPE, Su et al. 2021): y = x cos + rotated(x) sin, as one kernel.
#include "layers/move.h"

namespace joulecast {
namespace {

std::optional<Lowered> Lower(const NodeView& node) {
  const Shape& shape = node.InputOfRank(0, 3).shape;
  return LowerMove(node, kRotaryEmbedding, ElementCount(shape), shape);
}

constexpr std::string_view kOps[] = {"RotaryEmbedding"};

}  // namespace

const LayerType kRotaryEmbedding =
    Move("rotaryembedding", "queries or keys turned by their positions",
         "rotaryembedding in=2097152 out=2097152", kOps, Lower);

}  // namespace joulecast
