// SPDX-License-Identifier: Apache-2.0
#include "layers/norm.h"

#include "base/checked.h"

namespace joulecast {
namespace {

/// Stored elements of the inputs first ... first + count - 1.
std::int64_t CountWeights(const NodeView& node, std::size_t first, std::size_t count) {
  std::int64_t weights = 0;
  for (std::size_t i = first; i < first + count; ++i) {
    if (node.HasInput(i)) weights = CheckedSum({weights, ElementCount(node.Input(i).shape)});
  }
  return weights;
}

}  // namespace

Shape NormShape(const LayerSpec& s) { return {s[kNormBatch], s[kNormRows], s[kNormLength]}; }

Work CountNorm(const LayerSpec& s) {
  const std::int64_t elements = ElementCount(NormShape(s));
  return {.params = s[kNormWeights],
          .input_bytes = BytesOf(CheckedSum({elements, s[kNormSkip]}), s[kNormType]),
          .output_bytes = BytesOf(CheckedProduct({elements, 1 + s[kNormSum]}), s[kNormType]),
          .weight_bytes = BytesOf(s[kNormWeights], s[kNormType])};
}

void MeasureNorm(const LayerSpec& s, const DeviceTraits& traits, std::span<double> amounts) {
  const Work work = CountNorm(s);
  const auto out = static_cast<double>(work.output_bytes);
  MeasureRows(
      static_cast<double>(s[kNormBatch]) * static_cast<double>(s[kNormRows]),
      static_cast<double>(s[kNormLength]), Bits(static_cast<DType>(s[kNormType])) / 8.0,
      {.filled_bytes = static_cast<double>(work.bytes()), .written_bytes = out, .fresh_bytes = out},
      traits, amounts);
}

std::optional<LayerSpec> SoftmaxOfEqualRows(const LayerSpec& s) {
  LayerSpec softmax(kSoftmax);
  softmax.Set(softmax.SlotOf("batch"), CheckedProduct({s[kNormBatch], s[kNormRows]}))
      .Set(softmax.SlotOf("length"), s[kNormLength])
      .Set(softmax.SlotOf("dtype"), s[kNormType]);
  return softmax;
}

LayerSpec NormBehind(const NodeView& node, const LayerType& type, std::size_t axis) {
  const TensorInfo& x = node.InputOfRank(0, 1);
  const auto begin = x.shape.begin();
  const auto middle = begin + static_cast<std::ptrdiff_t>(axis);
  LayerSpec spec(type);
  spec.Set(kNormBatch, axis > 0 ? x.shape[0] : 1)
      .Set(kNormRows, axis > 0 ? ElementCount(Shape(begin + 1, middle)) : 1)
      .Set(kNormLength, ElementCount(Shape(middle, x.shape.end())))
      .Set(kNormType, static_cast<std::int64_t>(x.dtype));
  return spec;
}

Lowered LowerNorm(const NodeView& node, LayerSpec spec, std::size_t first, std::size_t count) {
  spec.Set(kNormWeights, CountWeights(node, first, count));
  return LowerTo(node, spec, node.Input(0).shape);
}

Lowered LowerSkipNorm(const NodeView& node, const LayerType& type, std::size_t weights) {
  const Shape& x = node.InputOfRank(0, 1).shape;
  const std::int64_t skip = ElementCount(node.Input(1).shape);
  if (skip < 1 || ElementCount(x) % skip != 0) {
    node.Fail("what is added, " + ToString(node.Input(1).shape) + ", does not fit the input " +
              ToString(x));
  }
  LayerSpec spec = NormBehind(node, type, x.size() - 1);
  spec.Set(kNormSkip, skip).Set(kNormSum, node.node().outputs.size() > 3 ? 1 : 0);
  Lowered lowered = LowerNorm(node, spec, 2, weights);
  Shape statistics = x;
  statistics.back() = 1;
  const TensorInfo statistic{.dtype = DType::kF32, .shape = statistics};
  lowered.outputs.insert(lowered.outputs.end(), {statistic, statistic, lowered.outputs[0]});
  return lowered;
}

}  // namespace joulecast
