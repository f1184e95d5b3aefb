// SPDX-License-Identifier: Apache-2.0
// batchnorm2d -- y[b, c, h, w] = scale[c] (x[b, c, h, w] - mean[c]) / sqrt(var[c] + eps) +
// shift[c]. At inference mean and var are stored numbers: read, but not trained.
#include "base/checked.h"
#include "layers/node_view.h"
#include "layers/stream.h"

namespace joulecast {
namespace {

enum Slot : std::size_t { kBatch, kChannels, kImageH, kImageW, kType };

constexpr Param kParams[] = {
    {.name = "batch"},
    {.name = "channels"},
    {.name = "image", .kind = ParamKind::kSize2d},
    {.name = "dtype", .kind = ParamKind::kDType, .default_value = std::int64_t(DType::kF32)},
};

Shape OutputShape(const LayerSpec& s) { return {s[kBatch], s[kChannels], s[kImageH], s[kImageW]}; }

Work CountWork(const LayerSpec& s) {
  const std::int64_t bytes = BytesOf(ElementCount(OutputShape(s)), s[kType]);
  return {.params = CheckedProduct({2, s[kChannels]}),
          .input_bytes = bytes,
          .output_bytes = bytes,
          .weight_bytes = BytesOf(CheckedProduct({4, s[kChannels]}), s[kType])};
}

/// Mean and variance of the batch are computed, kept for the backward pass, and mixed into the
/// stored ones: written 2 of each, besides scale, shift and the stored ones, which are read.
Work CountTraining(const LayerSpec& s) {
  Work work = CountWork(s);
  work.weight_bytes = BytesOf(CheckedProduct({8, s[kChannels]}), s[kType]);
  return work;
}

/// Read are scale, mean and deviation; written the gradients of scale and shift.
Work CountBackward(const LayerSpec& s, bool input_grad) {
  Work work = BackwardOfFunction(s, input_grad);
  work.weight_bytes = BytesOf(CheckedProduct({5, s[kChannels]}), s[kType]);
  return work;
}

/// Any number of spatial dimensions: all but the last count as height.
std::optional<Lowered> Lower(const NodeView& node) {
  const TensorInfo& x = node.InputOfRank(0, 2);
  const TensorInfo& scale = node.InputOfRank(1, 1);
  if (ElementCount(scale.shape) != x.shape[1]) {
    node.Fail("scale " + ToString(scale.shape) + " does not fit the input " + ToString(x.shape));
  }
  const bool has_space = x.shape.size() > 2;
  LayerSpec spec(kBatchNorm2d);
  spec.Set(kBatch, x.shape[0])
      .Set(kChannels, x.shape[1])
      .Set(kImageH, has_space ? ElementCount(Shape(x.shape.begin() + 2, x.shape.end() - 1)) : 1)
      .Set(kImageW, has_space ? x.shape.back() : 1)
      .Set(kType, static_cast<std::int64_t>(x.dtype));
  return LowerTo(node, spec, x.shape);
}

/// Each image of a channel is gone through by itself.
constexpr auto kTerms =
    StreamTermsAnd(std::array<Term, 1>{{{"images", "gimage", Part::kOverhead}}});

void MeasureAmounts(const LayerSpec& s, const DeviceTraits& traits, std::span<double> amounts) {
  MeasureOnePass(s, traits, amounts);
  amounts[kStreamTerms] = 1e-9 * static_cast<double>(s[kBatch]) * static_cast<double>(s[kChannels]);
}

constexpr std::string_view kOps[] = {"BatchNormalization"};

}  // namespace

const LayerType kBatchNorm2d = {.name = "batchnorm2d",
                                .summary = "batch normalisation by stored statistics",
                                .example = "batchnorm2d batch=8 channels=64 image=112x112",
                                .params = kParams,
                                .ops = kOps,
                                .output_shape = OutputShape,
                                .work = CountWork,
                                .lower = Lower,
                                .terms = kTerms,
                                .amounts = MeasureAmounts,
                                .backward = CountBackward,
                                .training = CountTraining,
                                .relative = ReluOfEqualBytes,
                                .read_amounts = ReadStream};

}  // namespace joulecast
