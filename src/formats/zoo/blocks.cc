// SPDX-License-Identifier: Apache-2.0
#include "formats/zoo/blocks.h"

#include <algorithm>

namespace joulecast {

ValueId ConvNormActivation(ZooBuilder& net, const std::string& path, ValueId x, std::int64_t in,
                           std::int64_t out, ConvOptions options, Activation activation,
                           bool inplace) {
  options.padding = {(options.kernel.height - 1) / 2, (options.kernel.width - 1) / 2};
  options.bias = false;
  x = net.Conv(path + ".0", x, in, out, options);
  x = net.BatchNorm(path + ".1", x, out);
  return net.Activate(path + ".2", x, activation, inplace);
}

ValueId SqueezeExcite(ZooBuilder& net, const std::string& path, ValueId x, std::int64_t channels,
                      const SqueezeOptions& options) {
  ValueId scale = net.AdaptiveAvgPool(path + ".avgpool", x, 1, 1);
  scale = net.Conv(path + ".fc1", scale, channels, options.squeezed, {});
  scale = net.Activate(path + ".activation", scale, options.activation, options.inplace);
  scale = net.Conv(path + ".fc2", scale, options.squeezed, channels, {});
  scale = net.Activate(path + ".scale_activation", scale, options.scale, false);
  return net.Mul(path + ".mul", scale, x);
}

ValueId Mlp(ZooBuilder& net, const std::string& path, ValueId x, std::int64_t width,
            std::int64_t hidden) {
  x = net.Linear(path + ".0", x, width, hidden);
  x = net.Activate(path + ".1", x, Activation::kGelu, false);
  return net.Linear(path + ".3", x, hidden, width);
}

std::int64_t RoundChannels(double channels, std::int64_t divisor) {
  const auto half = static_cast<double>(divisor) / 2;
  const std::int64_t nearest = static_cast<std::int64_t>(channels + half) / divisor * divisor;
  const std::int64_t rounded = std::max(divisor, nearest);
  return static_cast<double>(rounded) < 0.9 * channels ? rounded + divisor : rounded;
}

}  // namespace joulecast
