// SPDX-License-Identifier: Apache-2.0
#include "layers/conv2d_kernel.h"

#include <algorithm>
#include <cmath>

namespace joulecast {
namespace {

double RoundUp(double value, double block) { return std::ceil(value / block) * block; }

/// Output-channel blocks per pass: the largest divisor of all blocks that is at most 5.
double BlocksPerPass(double blocks) {
  for (double candidate = 5; candidate > 1; --candidate) {
    if (std::fmod(blocks, candidate) == 0) return candidate;
  }
  return 1;
}

/// Kernels whose weights come as memory operands of the arithmetic, not from registers.
bool EmbedsBroadcast(const ConvShape& s, double in_padded, double out_padded, bool first,
                     bool fits_l1) {
  const bool small = s.kernel_w == 3 && s.out_w <= 28 && fits_l1 &&
                     !(s.out_w == 13 && in_padded >= 192) && !(s.out_w == 28 && in_padded >= 512);
  if (s.kernel_w > 3 || (s.stride_w == 1 && small)) return true;
  if (s.stride_w > 1 && s.batch <= 16 && (out_padded <= 192 || s.out_w <= 10) && small) return true;
  return s.batch == 1 && ((s.out_w <= 147 && out_padded <= 96) || first);
}

}  // namespace

ConvKernel ChooseConvKernel(const ConvShape& s, const DeviceTraits& traits) {
  const double block = traits.vector_block;
  const double in_padded = RoundUp(s.in, block);
  const double out_padded = RoundUp(s.out, block);
  const double out_blocks = out_padded / block;
  const bool first = s.in < block && s.groups == 1;
  const double in_block = first ? s.in : block;
  const double working_set =
      4 * (std::ceil(s.image_w / s.stride_w) * in_block * s.kernel_w + 2 * s.out_w * block +
           2 * s.kernel_w * s.kernel_h * in_block * block);
  const bool fits_l1 = working_set < traits.l1_bytes;
  const bool embeds = EmbedsBroadcast(s, in_padded, out_padded, first, fits_l1);
  const bool two_blocks = embeds && fits_l1 && s.out_w <= 8 && s.kernel_w <= 3 &&
                          std::fmod(out_blocks, 2) == 0 && (!first || s.batch == 1);
  const double blocks = embeds ? (two_blocks ? 2 : 1) : BlocksPerPass(out_blocks);
  // One register is left for the broadcast; embedding kernels keep four for addresses and masks.
  const double pixels =
      embeds && !two_blocks
          ? std::min(s.out_w, traits.vector_registers - 4)
          : std::min(s.out_w, std::floor((traits.vector_registers - 1) / (blocks + 1)));
  const double tail = std::fmod(s.out_w, pixels);
  const auto right_padding = [&](double positions) {
    return std::max(0.0, (positions - 1) * s.stride_w + s.kernel_w - s.image_w - s.pad_w);
  };
  const bool padding_too_wide = s.kernel_w <= s.pad_w || s.kernel_h <= s.pad_h ||
                                s.kernel_w <= right_padding(s.out_w) || s.pad_w > pixels ||
                                right_padding(s.out_w - tail) > pixels;
  // Channels of one group are not padded to a block: they would lie beside the next group's.
  const bool is_ragged = s.groups > 1 && (s.in < in_padded || s.out < out_padded);
  const double passes = out_blocks / blocks;
  if (s.groups > 1 && s.in == 1 && s.out == 1 && !padding_too_wide) {
    return {ConvPath::kDepthwise, 1};
  }
  if (is_ragged) return {ConvPath::kExplicitGemm, passes};
  if (padding_too_wide) return {ConvPath::kExplicitGemm, passes};
  if (first) return {ConvPath::kFirst, passes};
  if (s.kernel_h == 1 && s.kernel_w == 1) return {ConvPath::kOneByOne, passes};
  return {ConvPath::kDirect, passes};
}

}  // namespace joulecast
