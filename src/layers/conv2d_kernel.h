// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "joulecast/layer.h"

namespace joulecast {

/// A 2-d convolution of one group, as a kernel chooser sees it.
struct ConvShape {
  double groups = 1;
  double batch;
  double in;   ///< channels of one group
  double out;  ///< channels of one group
  double image_h, image_w;
  double kernel_h, kernel_w;  ///< extents including dilation
  double stride_h, stride_w;
  double pad_h, pad_w;  ///< top, left
  double out_h, out_w;
};

/// How a library of blocked vector kernels computes a convolution.
enum class ConvPath {
  kDirect,        ///< channels blocked by the vector width, taps outside the image skipped
  kDepthwise,     ///< one channel a group: groups fill the vectors
  kFirst,         ///< fewer input channels than a vector block: they are not padded
  kOneByOne,      ///< kernel 1x1: a blocked matrix product
  kExplicitGemm,  ///< im2col, then a matrix product a group: where no direct kernel applies
};

struct ConvKernel {
  ConvPath path;
  double passes;  ///< how often the input is read: once per group of output channels
};

/// The choice that oneDNN's direct convolution for wide vectors makes (jit_avx512_common; its
/// `init_conf` is the source of the rules), with registers and caches from the traits.
ConvKernel ChooseConvKernel(const ConvShape& shape, const DeviceTraits& traits);

}  // namespace joulecast
