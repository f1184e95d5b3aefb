// SPDX-License-Identifier: Apache-2.0
// ConvNeXt as in torchvision: Z. Liu et al., arXiv 2201.03545. A block filters each channel alone,
// 7x7, and runs a perceptron over the channels, which lie last for it.
#include "formats/zoo/builder.h"

namespace joulecast {
namespace {

struct Config {
  std::int64_t width;  ///< of the first stage; each next one has twice as much
  int depths[4];       ///< blocks in each stage
};

/// Over the channels of an image: PyTorch turns it there and back.
ValueId LayerNorm2d(ZooBuilder& net, const std::string& path, ValueId x, std::int64_t channels) {
  x = net.Transpose(path + ".permute", x, {0, 2, 3, 1});
  x = net.LayerNorm(path, x, channels);
  return net.Transpose(path + ".permute#2", x, {0, 3, 1, 2});
}

ValueId Block(ZooBuilder& net, const std::string& path, ValueId input, std::int64_t width) {
  const std::string block = path + ".block.";
  ValueId x =
      net.Conv(block + "0", input, width, width, {.kernel = 7, .padding = 3, .groups = width});
  x = net.Transpose(block + "1", x, {0, 2, 3, 1});
  x = net.LayerNorm(block + "2", x, width);
  x = net.Linear(block + "3", x, width, 4 * width);
  x = net.Activate(block + "4", x, Activation::kGelu, false);
  x = net.Linear(block + "5", x, 4 * width, width);
  x = net.Transpose(block + "6", x, {0, 3, 1, 2});
  x = net.Mul(path + ".layer_scale", net.Weight(path + ".layer_scale", {width, 1, 1}), x);
  return net.Add(path + ".add", x, input, true);
}

ValueId Build(ZooBuilder& net, const Config& config) {
  std::int64_t width = config.width;
  ValueId x = net.Conv("features.0.0", net.input(), 3, width, {.kernel = 4, .stride = 4});
  x = LayerNorm2d(net, "features.0.1", x, width);
  for (int stage = 0; stage < 4; ++stage) {
    const std::string path = "features." + std::to_string(2 * stage + 1) + ".";
    for (int i = 0; i < config.depths[stage]; ++i) {
      x = Block(net, path + std::to_string(i), x, width);
    }
    if (stage == 3) break;
    const std::string down = "features." + std::to_string(2 * stage + 2) + ".";
    x = LayerNorm2d(net, down + "0", x, width);
    x = net.Conv(down + "1", x, width, 2 * width, {.kernel = 2, .stride = 2});
    width *= 2;
  }
  x = net.AdaptiveAvgPool("avgpool", x, 1, 1);
  x = LayerNorm2d(net, "classifier.0", x, width);
  x = net.Flatten("classifier.1", x);
  return net.Linear("classifier.2", x, width, 1000);
}

}  // namespace

ValueId BuildConvNeXtTiny(ZooBuilder& net) { return Build(net, {96, {3, 3, 9, 3}}); }
ValueId BuildConvNeXtSmall(ZooBuilder& net) { return Build(net, {96, {3, 3, 27, 3}}); }
ValueId BuildConvNeXtBase(ZooBuilder& net) { return Build(net, {128, {3, 3, 27, 3}}); }
ValueId BuildConvNeXtLarge(ZooBuilder& net) { return Build(net, {192, {3, 3, 27, 3}}); }

}  // namespace joulecast
