// SPDX-License-Identifier: Apache-2.0
// rmsnorm -- y[b, r, l] = scale[l] x[b, r, l] / sqrt(mean over l of x[b, r, l]^2 + eps); without a
// scale and a mean it is LpNormalization.
#include "layers/norm.h"

namespace joulecast {
namespace {

Lowered LowerLp(const NodeView& node) {
  const Shape& x = node.InputOfRank(0, 1).shape;
  const std::int64_t length = x[node.Axis(node.Int("axis", -1), x.size())];
  LayerSpec spec = NormBehind(node, kRmsNorm, 0);
  spec.Set(kNormRows, spec[kNormLength] / std::max<std::int64_t>(1, length))
      .Set(kNormLength, length);
  return LowerNorm(node, spec, 1, 0);
}

std::optional<Lowered> Lower(const NodeView& node) {
  if (node.op() == "LpNormalization") return LowerLp(node);
  if (node.op() == "SkipSimplifiedLayerNormalization") return LowerSkipNorm(node, kRmsNorm, 2);
  const Shape& x = node.InputOfRank(0, 1).shape;
  const std::size_t axis = node.Axis(node.Int("axis", -1), x.size());
  return LowerNorm(node, NormBehind(node, kRmsNorm, axis), 1, 1);
}

// ONNX Runtime writes SimplifiedLayerNormalization into ONNX's own domain.
constexpr std::string_view kOps[] = {"RMSNormalization", "SimplifiedLayerNormalization",
                                     "LpNormalization",
                                     "com.microsoft::SkipSimplifiedLayerNormalization"};

}  // namespace

const LayerType kRmsNorm = Norm("rmsnorm", "normalisation of each row by its root mean square",
                                "rmsnorm batch=1 rows=512 length=4096 weights=4096", kOps, Lower);

}  // namespace joulecast
