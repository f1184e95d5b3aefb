// SPDX-License-Identifier: Apache-2.0
// unary -- a cheap function of each element: absolute value, sign, rounding, reciprocal, not, and
// small powers, which are products.
#include <algorithm>
#include <cmath>

#include "layers/pointwise.h"

namespace joulecast {
namespace {

/// Whether a Pow is the square, cube, root or reciprocal that PyTorch computes without a logarithm.
bool IsSmallPower(const NodeView& node) {
  const TensorInfo& exponent = node.Input(1);
  if (ElementCount(exponent.shape) != 1 || !exponent.constant) return false;
  const Constant& numbers = *exponent.constant;
  const double power = !numbers.floats.empty() ? numbers.floats[0]
                       : !numbers.ints.empty() ? static_cast<double>(numbers.ints[0])
                                               : 0;
  constexpr double kCheap[] = {2, 3, 0.5, -0.5, -1, -2, 1};
  return std::find(std::begin(kCheap), std::end(kCheap), power) != std::end(kCheap);
}

std::optional<Lowered> Lower(const NodeView& node) {
  if (node.op() == "Pow" && !IsSmallPower(node)) return std::nullopt;
  Lowered lowered = LowerActivation(node, kUnary);
  if (node.op() == "IsNaN" || node.op() == "IsInf") lowered.outputs[0].dtype = DType::kBool;
  return lowered;
}

constexpr std::string_view kOps[] = {"Abs",   "Neg",        "Sign",   "Floor",           "Ceil",
                                     "Round", "Reciprocal", "Not",    "BitwiseNot",      "IsNaN",
                                     "IsInf", "Softsign",   "Shrink", "ThresholdedRelu", "Pow"};

constexpr LayerType Make() {
  LayerType type = Pointwise<kUnary>("unary", "absolute value, rounding, square and the like",
                                     "unary batch=8 elements=151296", kOps, PointwiseCost::kCheap);
  type.lower = Lower;
  return type;
}

}  // namespace

const LayerType kUnary = Make();

}  // namespace joulecast
