// SPDX-License-Identifier: Apache-2.0
// conv2d -- y[batch, out, oh, ow] = bias[out] + sum over in / groups and the kernel of
// x[batch, in, ih, iw] * w[out, in / groups, kh, kw].
#include <algorithm>
#include <cmath>

#include "base/checked.h"
#include "joulecast/error.h"
#include "layers/conv2d_kernel.h"
#include "layers/node_view.h"

namespace joulecast {
namespace {

enum Slot : std::size_t {
  kBatch,
  kIn,
  kOut,
  kImageH,
  kImageW,
  kKernelH,
  kKernelW,
  kStrideH,
  kStrideW,
  kPadTop,
  kPadLeft,
  kPadBottom,
  kPadRight,
  kDilationH,
  kDilationW,
  kGroups,
  kBias,
  kType,
};

constexpr Param kParams[] = {
    {.name = "batch"},
    {.name = "in"},
    {.name = "out"},
    {.name = "image", .kind = ParamKind::kSize2d},
    {.name = "kernel", .kind = ParamKind::kSize2d},
    {.name = "stride", .kind = ParamKind::kStep2d, .default_value = 1},
    {.name = "padding", .kind = ParamKind::kPadding, .min = 0, .default_value = 0},
    {.name = "dilation", .kind = ParamKind::kStep2d, .default_value = 1, .shown = false},
    {.name = "groups", .default_value = 1},
    {.name = "bias",
     .kind = ParamKind::kFlag,
     .min = 0,
     .default_value = 1,
     .shown = false,
     .minor = true},
    {.name = "dtype", .kind = ParamKind::kDType, .default_value = std::int64_t(DType::kF32)},
};

std::int64_t OutHeight(const LayerSpec& s) {
  return WindowPositions(s[kImageH], s[kKernelH], s[kStrideH], s[kPadTop], s[kPadBottom],
                         s[kDilationH], false);
}

std::int64_t OutWidth(const LayerSpec& s) {
  return WindowPositions(s[kImageW], s[kKernelW], s[kStrideW], s[kPadLeft], s[kPadRight],
                         s[kDilationW], false);
}

void Check(const LayerSpec& s) {
  if (s[kIn] % s[kGroups] != 0 || s[kOut] % s[kGroups] != 0) {
    throw Error(ErrorKind::kInput, "conv2d: groups=" + std::to_string(s[kGroups]) +
                                       " does not divide in=" + std::to_string(s[kIn]) +
                                       " and out=" + std::to_string(s[kOut]));
  }
  if (OutHeight(s) < 1 || OutWidth(s) < 1) {
    throw Error(ErrorKind::kInput, "conv2d: the kernel does not fit into the padded image " +
                                       ToString({s[kImageH], s[kImageW]}) +
                                       "; make the image larger");
  }
}

Shape OutputShape(const LayerSpec& s) { return {s[kBatch], s[kOut], OutHeight(s), OutWidth(s)}; }

Work CountWork(const LayerSpec& s) {
  const std::int64_t outputs = ElementCount(OutputShape(s));
  const std::int64_t weights =
      CheckedProduct({s[kOut], s[kIn] / s[kGroups], s[kKernelH], s[kKernelW]});
  const std::int64_t params = weights + (s[kBias] != 0 ? s[kOut] : 0);
  return {
      .macs = CheckedProduct({outputs, s[kIn] / s[kGroups], s[kKernelH], s[kKernelW]}),
      .bias_adds = s[kBias] != 0 ? outputs : 0,
      .params = params,
      .input_bytes = BytesOf(CheckedProduct({s[kBatch], s[kIn], s[kImageH], s[kImageW]}), s[kType]),
      .output_bytes = BytesOf(outputs, s[kType]),
      .weight_bytes = BytesOf(params, s[kType])};
}

std::optional<Lowered> Lower(const NodeView& node) {
  const TensorInfo& x = node.InputOfRank(0, 3);
  const TensorInfo& w = node.InputOfRank(1, 3);
  if (x.shape.size() != w.shape.size()) {
    node.Fail("weights " + ToString(w.shape) + " do not fit the input " + ToString(x.shape));
  }
  if (x.shape.size() != 4) return std::nullopt;  // conv1d, conv3d
  const std::int64_t groups = node.Int("group", 1);
  if (groups < 1 || x.shape[1] != w.shape[1] * groups) {
    node.Fail("weights " + ToString(w.shape) + " with " + std::to_string(groups) +
              " groups do not fit the input " + ToString(x.shape));
  }
  const Window2d window =
      ReadWindow2d(node, std::span(x.shape).subspan(2), std::array{w.shape[2], w.shape[3]});
  LayerSpec spec(kConv2d);
  spec.Set(kBatch, x.shape[0]).Set(kIn, x.shape[1]).Set(kOut, w.shape[0]);
  for (std::size_t axis = 0; axis < 2; ++axis) {
    spec.Set(kImageH + axis, x.shape[2 + axis])
        .Set(kKernelH + axis, window.kernel[axis])
        .Set(kStrideH + axis, window.stride[axis])
        .Set(kDilationH + axis, window.dilation[axis]);
  }
  for (std::size_t side = 0; side < 4; ++side) spec.Set(kPadTop + side, window.padding[side]);
  spec.Set(kGroups, groups)
      .Set(kBias, node.HasInput(2) ? 1 : 0)
      .Set(kType, static_cast<std::int64_t>(x.dtype));
  return LowerTo(node, spec);
}

constexpr Term kTerms[] = {
    {"macs", "gmac", Part::kArithmetic},
    {"macs_strided", "gmac", Part::kArithmetic},
    {"macs_tiled", "gmac", Part::kArithmetic},
    {"macs_in_series", "gmac", Part::kArithmetic},
    {"input", "gb", Part::kInput},
    {"input_large", "gb", Part::kInput},
    {"input_for_gemm", "gb", Part::kInput},
    {"input_copied_to_columns", "gb", Part::kInput},
    {"input_again_from_l2", "gb", Part::kInput},
    {"input_again_from_llc", "gb", Part::kInput},
    {"input_again_from_memory", "gb", Part::kInput},
    {"output_small", "gb", Part::kOutput},
    {"output_large", "gb", Part::kOutput},
    {"output_blocked_large", "gb", Part::kOutput},
    {"buffers_huge", "gb", Part::kOutput},
    {"weights", "gb", Part::kWeights},
    {"weights_again_per_image", "gb", Part::kWeights},
    {"call", "call", Part::kOverhead},
};

enum TermIndex : std::size_t {
  kMacs,
  kMacsStrided,
  kMacsTiled,
  kMacsInSeries,
  kInput,
  kInputLarge,
  kInputForGemm,
  kColumns,
  kAgainL2,
  kAgainLlc,
  kAgainMemory,
  kOutputSmall,
  kOutputLarge,
  kOutputBlockedLarge,
  kBuffersHuge,
  kWeights,
  kWeightsAgain,
  kCall,
};

/// What every device's terms are made of: sizes of one group, in channels, taps and bytes.
struct Sizes {
  ConvShape shape;
  double groups;
  double pixels;   ///< of one output image
  double taps;     ///< kernel taps that fall inside one image, over all its pixels
  double kernel;   ///< taps of the kernel
  double element;  ///< bytes
  double input;    ///< bytes of the whole batch, all groups
  double output;
  double weights;
};

Sizes SizesOf(const LayerSpec& s) {
  const std::int64_t out_h = OutHeight(s);
  const std::int64_t out_w = OutWidth(s);
  const auto real = [&](std::size_t slot) { return static_cast<double>(s[slot]); };
  Sizes z{};
  z.groups = real(kGroups);
  z.shape = {.batch = real(kBatch),
             .in = real(kIn) / z.groups,
             .out = real(kOut) / z.groups,
             .image_h = real(kImageH),
             .image_w = real(kImageW),
             .kernel_h = (real(kKernelH) - 1) * real(kDilationH) + 1,
             .kernel_w = (real(kKernelW) - 1) * real(kDilationW) + 1,
             .stride_h = real(kStrideH),
             .stride_w = real(kStrideW),
             .pad_h = real(kPadTop),
             .pad_w = real(kPadLeft),
             .out_h = static_cast<double>(out_h),
             .out_w = static_cast<double>(out_w)};
  z.pixels = z.shape.out_h * z.shape.out_w;
  z.taps = static_cast<double>(
               TapsInside(s[kImageH], s[kKernelH], s[kStrideH], s[kPadTop], s[kDilationH], out_h)) *
           static_cast<double>(
               TapsInside(s[kImageW], s[kKernelW], s[kStrideW], s[kPadLeft], s[kDilationW], out_w));
  z.kernel = real(kKernelH) * real(kKernelW);
  z.element = Bits(static_cast<DType>(s[kType])) / 8.0;
  z.input = z.element * real(kBatch) * real(kIn) * real(kImageH) * real(kImageW);
  z.output = z.element * real(kBatch) * real(kOut) * z.pixels;
  z.weights = z.element * z.shape.in * real(kOut) * z.kernel;
  return z;
}

double RoundUp(double value, double block) { return std::ceil(value / block) * block; }

/// An implicit matrix product in tiles, as GPU libraries run it.
void TiledAmounts(const Sizes& z, const DeviceTraits& traits, std::span<double> out) {
  const ConvShape& c = z.shape;
  out[kMacs] = 1e-9 * c.batch * z.groups * z.pixels * c.in * z.kernel * c.out;
  out[kMacsTiled] = 1e-9 * RoundUp(c.batch * z.pixels, traits.tile_pixels) *
                    RoundUp(c.out, traits.tile_channels) * z.groups * c.in * z.kernel;
  out[kMacsInSeries] = 1e-9 * c.in * z.kernel;
  out[kInput] = 1e-9 * z.input;
  out[kColumns] = 1e-9 * z.element * c.batch * z.pixels * c.in * z.groups * z.kernel;
  out[kOutputSmall] = 1e-9 * z.output;
}

/// Blocked vector kernels, as CPU libraries run them.
void BlockedAmounts(const Sizes& z, const DeviceTraits& traits, std::span<double> out) {
  const ConvShape& c = z.shape;
  const ConvKernel kernel = ChooseConvKernel(c, traits);
  const bool depthwise = c.in == 1 && c.out == 1;  // groups, not channels, fill the vectors
  const double block = traits.vector_block;
  const double in_padded = depthwise ? 1 : RoundUp(c.in, block);
  const double out_padded = depthwise ? 1 : RoundUp(c.out, block);
  const double groups = depthwise ? RoundUp(z.groups, block) : z.groups;
  const double per_image = z.element * groups * in_padded * c.image_h * c.image_w;
  const double input_padded = c.batch * per_image;
  const double output_padded = z.element * c.batch * groups * out_padded * z.pixels;
  const double weights_padded = z.element * groups * in_padded * out_padded * z.kernel;
  const auto is_large = [&](double bytes) {
    return traits.large_buffer_bytes > 0 && bytes > traits.large_buffer_bytes;
  };

  const auto huge_part = [&](double bytes) {
    return traits.huge_buffer_bytes > 0 && bytes >= traits.huge_buffer_bytes ? 1e-9 * bytes : 0;
  };

  (is_large(z.output) ? out[kOutputLarge] : out[kOutputSmall]) = 1e-9 * z.output;
  if (kernel.path == ConvPath::kExplicitGemm) {
    // The matrix product's own blocks: 16 pixels by 8 channels.
    out[kMacs] =
        1e-9 * c.batch * z.groups * RoundUp(z.pixels, 16) * c.in * z.kernel * RoundUp(c.out, 8);
    out[kBuffersHuge] = huge_part(z.output);
    out[kInputForGemm] = 1e-9 * z.input;
    out[kColumns] = 1e-9 * z.element * c.batch * z.pixels * z.kernel * c.in * z.groups;
    return;
  }
  const double blocked_macs = c.batch * groups * z.taps * in_padded * out_padded;
  const bool outputs_outermost = c.out_w <= 14;  // else images are
  out[kBuffersHuge] = huge_part(output_padded);
  if (is_large(output_padded)) out[kOutputBlockedLarge] = 1e-9 * output_padded;
  const double weight_set =
      outputs_outermost ? weights_padded / kernel.passes + per_image : weights_padded;
  if (weight_set > 0.5 * traits.l2_bytes) {
    out[kWeightsAgain] = 1e-9 * c.batch * weights_padded / c.out_h;
  }
  if (kernel.path == ConvPath::kFirst) {
    out[kMacs] = 1e-9 * c.batch * z.groups * z.taps * c.in * out_padded;
    return;
  }
  out[kMacs] = 1e-9 * blocked_macs;
  if (kernel.path == ConvPath::kDirect && c.stride_w >= c.kernel_w) {
    out[kMacsStrided] = 1e-9 * blocked_macs;
  }
  out[kInput] = 1e-9 * z.input;
  out[kBuffersHuge] += huge_part(input_padded);
  if (is_large(input_padded)) out[kInputLarge] = 1e-9 * input_padded;
  const double touched = std::min(1.0, c.kernel_w / c.stride_w);
  const double reuse_set = outputs_outermost ? input_padded : per_image * touched;
  const TermIndex source = reuse_set <= traits.l2_bytes                 ? kAgainL2
                           : reuse_set <= traits.last_level_cache_bytes ? kAgainLlc
                                                                        : kAgainMemory;
  out[source] = 1e-9 * input_padded * kernel.passes * touched;
}

void MeasureAmounts(const LayerSpec& s, const DeviceTraits& traits, std::span<double> out) {
  std::fill(out.begin(), out.end(), 0.0);
  const Sizes sizes = SizesOf(s);
  out[kWeights] = 1e-9 * sizes.weights;
  out[kCall] = 1;
  if (traits.tile_pixels > 0 && traits.tile_channels > 0) {
    TiledAmounts(sizes, traits, out);
  } else {
    BlockedAmounts(sizes, traits, out);
  }
}

constexpr std::string_view kOps[] = {"Conv"};

}  // namespace

const LayerType kConv2d = {
    .name = "conv2d",
    .summary = "2-d convolution, with groups, dilation and any padding",
    .example = "conv2d batch=8 in=64 out=128 image=56x56 kernel=3x3 stride=1 padding=1",
    .params = kParams,
    .ops = kOps,
    .check = Check,
    .output_shape = OutputShape,
    .work = CountWork,
    .lower = Lower,
    .terms = kTerms,
    .amounts = MeasureAmounts};

}  // namespace joulecast
