// SPDX-License-Identifier: Apache-2.0
// fill -- a tensor written from little or nothing: one-hot rows, an identity, random numbers.
#include <cmath>

#include "layers/move.h"

namespace joulecast {
namespace {

/// OneHot: a row of `depth` numbers for each index, along `axis`; the third input holds the values
/// for off and on, and their type.
Lowered LowerOneHot(const NodeView& node) {
  const Shape& indices = node.Input(0).shape;
  const TensorInfo& depth = node.Input(1);
  if (!depth.constant || depth.constant->ints.size() + depth.constant->floats.size() != 1) {
    node.FailDataDependent("depth");
  }
  if (!depth.constant->floats.empty() && !(std::abs(depth.constant->floats[0]) < 9e15)) {
    node.Fail("its depth is absurd");
  }
  const std::int64_t extent = depth.constant->ints.empty()
                                  ? static_cast<std::int64_t>(depth.constant->floats[0])
                                  : depth.constant->ints[0];
  Shape shape = indices;
  const std::size_t axis = node.Axis(node.Int("axis", -1), shape.size() + 1);
  shape.insert(shape.begin() + static_cast<std::ptrdiff_t>(axis), extent);
  LayerSpec spec(kFill);
  spec.Set(kMoveOut, ElementCount(shape))
      .Set(kMoveIndices, ElementCount(indices))
      .Set(kMoveType, static_cast<std::int64_t>(node.Input(2).dtype));
  Lowered lowered = LowerTo(node, spec, shape);
  lowered.outputs[0].dtype = node.Input(2).dtype;
  return lowered;
}

std::optional<Lowered> Lower(const NodeView& node) {
  if (node.op() == "OneHot") return LowerOneHot(node);
  const TensorInfo& like = node.Input(0);
  const DType dtype = node.ElementType("dtype").value_or(like.dtype);
  LayerSpec spec(kFill);
  spec.Set(kMoveOut, ElementCount(like.shape)).Set(kMoveType, static_cast<std::int64_t>(dtype));
  Lowered lowered = LowerTo(node, spec, like.shape);
  lowered.outputs[0].dtype = dtype;
  return lowered;
}

constexpr std::string_view kOps[] = {"OneHot", "EyeLike", "RandomNormalLike", "RandomUniformLike",
                                     "Bernoulli"};

}  // namespace

const LayerType kFill = [] {
  LayerType type = Move("fill", "a tensor written from little: one-hot rows, random numbers",
                        "fill in=0 out=4096 indices=64", kOps, Lower);
  type.backward = nullptr;  // depends on no number that is trained
  return type;
}();

}  // namespace joulecast
