// SPDX-License-Identifier: Apache-2.0
// cumsum -- running sums along one axis.
#include "layers/move.h"

namespace joulecast {
namespace {

std::optional<Lowered> Lower(const NodeView& node) {
  const Shape& shape = node.Input(0).shape;
  return LowerMove(node, kCumSum, ElementCount(shape), shape);
}

constexpr std::string_view kOps[] = {"CumSum"};

}  // namespace

const LayerType kCumSum =
    Move("cumsum", "running sums along one axis", "cumsum in=802816 out=802816", kOps, Lower);

}  // namespace joulecast
