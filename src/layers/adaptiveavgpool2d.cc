// SPDX-License-Identifier: Apache-2.0
// adaptiveavgpool2d -- y[batch, channels, oh, ow] = the mean of x in windows that divide the image
// into oh x ow, whatever its size. Output 1x1 is global average pooling.
#include <numeric>

#include "base/checked.h"
#include "layers/backward.h"
#include "layers/pool.h"

namespace joulecast {
namespace {

enum Slot : std::size_t { kBatch, kChannels, kImageH, kImageW, kOutputH, kOutputW, kType };

constexpr Param kParams[] = {
    {.name = "batch"},
    {.name = "channels"},
    {.name = "image", .kind = ParamKind::kSize2d},
    {.name = "output", .kind = ParamKind::kSize2d},
    {.name = "dtype", .kind = ParamKind::kDType, .default_value = std::int64_t(DType::kF32)},
};

Shape OutputShape(const LayerSpec& s) {
  return {s[kBatch], s[kChannels], s[kOutputH], s[kOutputW]};
}

Work CountWork(const LayerSpec& s) {
  return {.input_bytes =
              BytesOf(CheckedProduct({s[kBatch], s[kChannels], s[kImageH], s[kImageW]}), s[kType]),
          .output_bytes = BytesOf(ElementCount(OutputShape(s)), s[kType])};
}

/// One mean per channel, however many spatial dimensions there are.
Lowered LowerGlobal(const NodeView& node, LayerSpec spec) {
  const Shape& x = node.Input(0).shape;
  spec.Set(kImageH, ElementCount(Shape(x.begin() + 2, x.end() - 1)))
      .Set(kImageW, x.back())
      .Set(kOutputH, 1)
      .Set(kOutputW, 1);
  Shape output(x.size(), 1);
  output[0] = x[0];
  output[1] = x[1];
  return LowerTo(node, spec, output);
}

std::optional<Lowered> Lower(const NodeView& node) {
  const TensorInfo& x = node.InputOfRank(0, 3);
  LayerSpec spec(kAdaptiveAvgPool2d);
  spec.Set(kBatch, x.shape[0])
      .Set(kChannels, x.shape[1])
      .Set(kType, static_cast<std::int64_t>(x.dtype));
  if (node.op() == "GlobalAveragePool") return LowerGlobal(node, spec);
  if (x.shape.size() != 4) return std::nullopt;
  const auto output = node.Ints("output_size");
  if (!output || output->size() != 2) node.Fail("attribute 'output_size' should have 2 numbers");
  for (std::size_t axis = 0; axis < 2; ++axis) {
    spec.Set(kImageH + axis, x.shape[2 + axis]).Set(kOutputH + axis, (*output)[axis]);
  }
  return LowerTo(node, spec);
}

/// A pool whose windows have the mean size of this one's, side by side. Where the output is the
/// larger one, windows of one pixel repeat pixels: no other pool does that.
std::optional<LayerSpec> Relative(const LayerSpec& s) {
  if (s[kOutputH] > s[kImageH] || s[kOutputW] > s[kImageW]) return std::nullopt;
  LayerSpec pool(kMaxPool2d);
  pool.Set(kPoolBatch, s[kBatch]).Set(kPoolChannels, s[kChannels]).Set(kPoolType, s[kType]);
  for (std::size_t axis = 0; axis < 2; ++axis) {
    const std::int64_t window = s[kImageH + axis] / s[kOutputH + axis];
    pool.Set(kPoolImageH + axis, s[kImageH + axis])
        .Set(kPoolKernelH + axis, window)
        .Set(kPoolStrideH + axis, window);
  }
  return pool;
}

/// Pixels of one axis over all windows: the i-th reaches from i I / O, rounded down, to
/// (i + 1) I / O, rounded up. Each end that is no whole number adds a pixel to I; of the O ends
/// as many are whole numbers as the greatest common divisor says.
double TapsOfAxis(std::int64_t image, std::int64_t output) {
  return static_cast<double>(image + output - std::gcd(image, output));
}

void MeasureAmounts(const LayerSpec& s, const DeviceTraits& traits, std::span<double> amounts) {
  const auto images = static_cast<double>(s[kBatch]) * static_cast<double>(s[kChannels]);
  // A whole image is averaged as a mean over its axes, in vectors: no dearer than reading it.
  const bool is_mean = s[kOutputH] == 1 && s[kOutputW] == 1;
  const double taps =
      is_mean ? 0
              : images * TapsOfAxis(s[kImageH], s[kOutputH]) * TapsOfAxis(s[kImageW], s[kOutputW]);
  MeasureAveragePool(CountWork(s), taps, static_cast<double>(ElementCount(OutputShape(s))), traits,
                     amounts);
}

constexpr std::string_view kOps[] = {"AdaptiveAveragePool", "GlobalAveragePool"};

}  // namespace

const LayerType kAdaptiveAvgPool2d = {
    .name = "adaptiveavgpool2d",
    .summary = "average pooling to a given size; global average pooling",
    .example = "adaptiveavgpool2d batch=8 channels=512 image=14x14 output=7x7",
    .params = kParams,
    .ops = kOps,
    .output_shape = OutputShape,
    .work = CountWork,
    .lower = Lower,
    .terms = kAveragePoolTerms,
    .amounts = MeasureAmounts,
    .backward = BackwardOfMove,
    .relative = Relative,
    .read_amounts = ReadStream};

}  // namespace joulecast
