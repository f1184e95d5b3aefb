// SPDX-License-Identifier: Apache-2.0
// layernorm -- y[b, r, l] = scale[l] (x[b, r, l] - mean[b, r]) / sqrt(var[b, r] + eps) + shift[l],
// with mean and variance of each row.
#include "layers/norm.h"

namespace joulecast {
namespace {

std::optional<Lowered> LowerPlain(const NodeView& node) {
  const TensorInfo& x = node.InputOfRank(0, 1);
  const std::size_t axis = node.Axis(node.Int("axis", -1), x.shape.size());
  const LayerSpec spec = NormBehind(node, kLayerNorm, axis);
  if (node.HasInput(1) &&
      spec[kNormLength] % std::max<std::int64_t>(1, ElementCount(node.Input(1).shape)) != 0) {
    node.Fail("scale " + ToString(node.Input(1).shape) + " does not fit the input " +
              ToString(x.shape));
  }
  Lowered lowered = LowerNorm(node, spec, 1, 2);
  Shape statistics = x.shape;
  std::fill(statistics.begin() + static_cast<std::ptrdiff_t>(axis), statistics.end(), 1);
  const TensorInfo statistic{.dtype = DType::kF32, .shape = statistics};
  lowered.outputs.insert(lowered.outputs.end(), 2, statistic);  // mean, 1 / standard deviation
  return lowered;
}

/// Mean and variance over any axes, batch and pixels by default.
Lowered LowerMeanVariance(const NodeView& node) {
  const Shape& x = node.Input(0).shape;
  std::int64_t length = 1;
  for (const std::int64_t axis : node.Ints("axes").value_or(std::vector<std::int64_t>{0, 2, 3})) {
    length *= x[node.Axis(axis, x.size())];
  }
  LayerSpec spec = NormBehind(node, kLayerNorm, 0);
  spec.Set(kNormRows, spec[kNormLength] / std::max<std::int64_t>(1, length))
      .Set(kNormLength, length);
  return LowerNorm(node, spec, 1, 0);
}

std::optional<Lowered> Lower(const NodeView& node) {
  if (node.op() == "SkipLayerNormalization") return LowerSkipNorm(node, kLayerNorm, 3);
  if (node.op() == "MeanVarianceNormalization") return LowerMeanVariance(node);
  return LowerPlain(node);
}

constexpr std::string_view kOps[] = {"LayerNormalization", "MeanVarianceNormalization",
                                     "com.microsoft::SkipLayerNormalization"};

}  // namespace

const LayerType kLayerNorm =
    Norm("layernorm", "layer normalisation: each row by its own mean and variance",
         "layernorm batch=8 rows=197 length=768 weights=1536", kOps, Lower);

}  // namespace joulecast
