// SPDX-License-Identifier: Apache-2.0
// MobileNet v2 as in torchvision: M. Sandler et al., arXiv 1801.04381. An inverted residual
// widens by a 1x1 convolution, filters each channel alone, and narrows by a 1x1 one.
#include "formats/zoo/builder.h"

namespace joulecast {
namespace {

struct Stage {
  std::int64_t widening;
  std::int64_t channels;
  int blocks;
  std::int64_t stride;  ///< of the first block
};

constexpr Stage kStages[] = {{1, 16, 1, 1}, {6, 24, 2, 2},  {6, 32, 3, 2}, {6, 64, 4, 2},
                             {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1}};

/// Convolution, normalisation, relu6: path.0, path.1, path.2.
ValueId ConvNormRelu(ZooBuilder& net, const std::string& path, ValueId x, std::int64_t in,
                     std::int64_t out, ConvOptions options) {
  options.bias = false;
  x = net.Conv(path + ".0", x, in, out, options);
  x = net.BatchNorm(path + ".1", x, out);
  return net.Activate(path + ".2", x, Activation::kRelu6, true);
}

ValueId InvertedResidual(ZooBuilder& net, const std::string& path, ValueId input, std::int64_t in,
                         const Stage& stage, std::int64_t stride) {
  const std::int64_t hidden = in * stage.widening;
  int index = 0;
  const auto next = [&] { return path + ".conv." + std::to_string(index++); };
  ValueId x = input;
  if (stage.widening != 1) x = ConvNormRelu(net, next(), x, in, hidden, {.kernel = 1});
  x = ConvNormRelu(net, next(), x, hidden, hidden,
                   {.kernel = 3, .stride = stride, .padding = 1, .groups = hidden});
  x = net.Conv(next(), x, hidden, stage.channels, {.kernel = 1, .bias = false});
  x = net.BatchNorm(next(), x, stage.channels);
  if (stride != 1 || in != stage.channels) return x;
  return net.Add(path + ".add", input, x, false);
}

}  // namespace

ValueId BuildMobileNetV2(ZooBuilder& net) {
  ValueId x =
      ConvNormRelu(net, "features.0", net.input(), 3, 32, {.kernel = 3, .stride = 2, .padding = 1});
  std::int64_t in = 32;
  int index = 1;
  for (const Stage& stage : kStages) {
    for (int i = 0; i < stage.blocks; ++i) {
      const std::string path = "features." + std::to_string(index++);
      x = InvertedResidual(net, path, x, in, stage, i == 0 ? stage.stride : 1);
      in = stage.channels;
    }
  }
  x = ConvNormRelu(net, "features." + std::to_string(index), x, in, 1280, {.kernel = 1});
  x = net.AdaptiveAvgPool("adaptive_avg_pool2d", x, 1, 1);
  x = net.Flatten("flatten", x);
  x = net.Dropout("classifier.0", x);
  return net.Linear("classifier.1", x, 1280, 1000);
}

}  // namespace joulecast
