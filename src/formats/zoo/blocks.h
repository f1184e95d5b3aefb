// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "formats/zoo/builder.h"

namespace joulecast {

/// Blocks that several families share, named as torchvision/ops/misc.py names their parts.

/// A convolution without bias, padded to keep the image's size, its normalisation, and a function
/// in place: path.0, path.1, path.2. `options` gives kernel, stride and groups.
ValueId ConvNormActivation(ZooBuilder& net, const std::string& path, ValueId x, std::int64_t in,
                           std::int64_t out, ConvOptions options, Activation activation,
                           bool inplace = true);

struct SqueezeOptions {
  std::int64_t squeezed = 1;  ///< channels in between
  Activation activation = Activation::kRelu;
  bool inplace = false;  ///< of the activation
  Activation scale = Activation::kSigmoid;
};

/// Squeeze and excitation: each channel scaled by what all channels' means say.
ValueId SqueezeExcite(ZooBuilder& net, const std::string& path, ValueId x, std::int64_t channels,
                      const SqueezeOptions& options);

/// Two linear layers with a gelu between them: path.0, path.1, path.3.
ValueId Mlp(ZooBuilder& net, const std::string& path, ValueId x, std::int64_t width,
            std::int64_t hidden);

/// The nearest multiple of `divisor` that is at least 90 % of `channels`.
std::int64_t RoundChannels(double channels, std::int64_t divisor);

}  // namespace joulecast
