// SPDX-License-Identifier: Apache-2.0
#include "layers/conv2d_terms.h"

#include <algorithm>
#include <cmath>

#include "layers/conv.h"
#include "layers/conv2d_kernel.h"

namespace joulecast {
namespace {

constexpr ConvLayout kLayout = kConv2dLayout;

enum TermIndex : std::size_t {
  kMacs,
  kMacsStrided,
  kMacsTiled,
  kMacsInSeries,
  kInput,
  kInputRagged,
  kInputLarge,
  kInputForGemm,
  kColumns,
  kAgainL2,
  kAgainLlc,
  kAgainMemory,
  kOutputSmall,
  kOutputLarge,
  kOutputRagged,
  kOutputBlockedLarge,
  kBuffersHuge,
  kWeights,
  kWeightsAgain,
  kCall,
};

/// What every device's terms are made of: sizes of one group, in channels, taps and bytes.
struct Sizes {
  ConvShape shape;
  double pixels;   ///< of one output image
  double taps;     ///< kernel taps that fall inside one image, over all its pixels
  double kernel;   ///< taps of the kernel
  double element;  ///< bytes
  double input;    ///< bytes of the whole batch, all groups
  double output;
  double weights;
};

Sizes SizesOf(const LayerSpec& s) {
  const std::int64_t out_h = ConvExtent(s, kLayout, 0);
  const std::int64_t out_w = ConvExtent(s, kLayout, 1);
  const auto real = [&](std::size_t slot) { return static_cast<double>(s[slot]); };
  Sizes z{};
  z.shape = {.groups = real(kLayout.groups()),
             .batch = real(kLayout.kBatch),
             .in = real(kLayout.kIn) / real(kLayout.groups()),
             .out = real(kLayout.kOut) / real(kLayout.groups()),
             .image_h = real(kLayout.kImage),
             .image_w = real(kLayout.kImage + 1),
             .kernel_h = (real(kLayout.kernel()) - 1) * real(kLayout.dilation()) + 1,
             .kernel_w = (real(kLayout.kernel() + 1) - 1) * real(kLayout.dilation() + 1) + 1,
             .stride_h = real(kLayout.stride()),
             .stride_w = real(kLayout.stride() + 1),
             .pad_h = real(kLayout.padding()),
             .pad_w = real(kLayout.padding() + 1),
             .out_h = static_cast<double>(out_h),
             .out_w = static_cast<double>(out_w)};
  z.pixels = z.shape.out_h * z.shape.out_w;
  const auto taps = [&](std::size_t axis, std::int64_t positions) {
    return static_cast<double>(TapsInside(s[kLayout.kImage + axis], s[kLayout.kernel() + axis],
                                          s[kLayout.stride() + axis], s[kLayout.padding() + axis],
                                          s[kLayout.dilation() + axis], positions));
  };
  z.taps = taps(0, out_h) * taps(1, out_w);
  z.kernel = real(kLayout.kernel()) * real(kLayout.kernel() + 1);
  z.element = Bits(static_cast<DType>(s[kLayout.dtype()])) / 8.0;
  z.input = z.element * real(kLayout.kBatch) * real(kLayout.kIn) * real(kLayout.kImage) *
            real(kLayout.kImage + 1);
  z.output = z.element * real(kLayout.kBatch) * real(kLayout.kOut) * z.pixels;
  z.weights = z.element * z.shape.in * real(kLayout.kOut) * z.kernel;
  return z;
}

double RoundUp(double value, double block) { return std::ceil(value / block) * block; }

/// An implicit matrix product in tiles, as GPU libraries run it.
void TiledAmounts(const Sizes& z, const DeviceTraits& traits, std::span<double> out) {
  const ConvShape& c = z.shape;
  out[kMacs] = 1e-9 * c.batch * c.groups * z.pixels * c.in * z.kernel * c.out;
  out[kMacsTiled] = 1e-9 * RoundUp(c.batch * z.pixels, traits.tile_pixels) *
                    RoundUp(c.out, traits.tile_channels) * c.groups * c.in * z.kernel;
  out[kMacsInSeries] = 1e-9 * c.in * z.kernel;
  out[kInput] = 1e-9 * z.input;
  out[kColumns] = 1e-9 * z.element * c.batch * z.pixels * c.in * c.groups * z.kernel;
  out[kOutputSmall] = 1e-9 * z.output;
}

/// Blocked vector kernels, as CPU libraries run them.
void BlockedAmounts(const Sizes& z, const DeviceTraits& traits, std::span<double> out) {
  const ConvShape& c = z.shape;
  const ConvKernel kernel = ChooseConvKernel(c, traits);
  const bool depthwise = kernel.path == ConvPath::kDepthwise;  // groups fill the vectors
  const double block = traits.vector_block;
  const double in_padded = depthwise ? 1 : RoundUp(c.in, block);
  const double out_padded = depthwise ? 1 : RoundUp(c.out, block);
  const double groups = depthwise ? RoundUp(c.groups, block) : c.groups;
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
        1e-9 * c.batch * c.groups * RoundUp(z.pixels, 16) * c.in * z.kernel * RoundUp(c.out, 8);
    out[kBuffersHuge] = huge_part(z.output);
    out[kInputForGemm] = 1e-9 * z.input;
    out[kColumns] = 1e-9 * z.element * c.batch * z.pixels * z.kernel * c.in * c.groups;
    return;
  }
  // Channels that fill whole blocks are brought into them, and back, vector by vector, where
  // offsets reach; others one by one.
  const auto ragged_part = [&](double channels, double bytes) {
    return std::fmod(channels, block) != 0 || huge_part(bytes) > 0 ? 1e-9 * bytes : 0;
  };
  out[kOutputRagged] = ragged_part(depthwise ? c.groups : c.out, z.output);
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
    out[kMacs] = 1e-9 * c.batch * c.groups * z.taps * c.in * out_padded;
    return;
  }
  out[kMacs] = 1e-9 * blocked_macs;
  if (kernel.path == ConvPath::kDirect && c.stride_w >= c.kernel_w) {
    out[kMacsStrided] = 1e-9 * blocked_macs;
  }
  out[kInput] = 1e-9 * z.input;
  out[kInputRagged] = ragged_part(depthwise ? c.groups : c.in, z.input);
  out[kBuffersHuge] += huge_part(input_padded);
  if (is_large(input_padded)) out[kInputLarge] = 1e-9 * input_padded;
  if (depthwise) return;  // each channel is read by its own results only: it comes once
  const double touched = std::min(1.0, c.kernel_w / c.stride_w);
  const double reuse_set = outputs_outermost ? input_padded : per_image * touched;
  const TermIndex source = reuse_set <= traits.l2_bytes                 ? kAgainL2
                           : reuse_set <= traits.last_level_cache_bytes ? kAgainLlc
                                                                        : kAgainMemory;
  out[source] = 1e-9 * input_padded * kernel.passes * touched;
}

}  // namespace

void MeasureConv2d(const LayerSpec& s, const DeviceTraits& traits, std::span<double> out) {
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

}  // namespace joulecast
