// SPDX-License-Identifier: Apache-2.0
// ResNet as in torchvision: K. He et al., "Deep residual learning for image recognition",
// arXiv 1512.03385, with the stride on the 3x3 convolution of a bottleneck (v1.5); ResNeXt:
// S. Xie et al., arXiv 1611.05431; wide ResNet: S. Zagoruyko, N. Komodakis, arXiv 1605.07146.
#include "formats/zoo/builder.h"

namespace joulecast {
namespace {

struct Config {
  int depths[4];  ///< blocks in each of the four stages
  bool bottleneck = false;
  std::int64_t groups = 1;
  std::int64_t width_per_group = 64;
};

/// One residual block: `in` channels to `planes`, times 4 in a bottleneck.
struct Block {
  std::string path;
  std::int64_t in = 0;
  std::int64_t planes = 0;
  std::int64_t stride = 1;
};

constexpr std::int64_t Expansion(const Config& config) { return config.bottleneck ? 4 : 1; }

/// A convolution without bias and its normalisation: conv1 and bn1.
ValueId ConvNorm(ZooBuilder& net, const std::string& path, int index, ValueId x, std::int64_t in,
                 std::int64_t out, ConvOptions options) {
  options.bias = false;
  const std::string suffix = std::to_string(index);
  x = net.Conv(path + "conv" + suffix, x, in, out, options);
  return net.BatchNorm(path + "bn" + suffix, x, out);
}

/// Two 3x3 convolutions.
ValueId BasicPath(ZooBuilder& net, const Block& block, ValueId x) {
  const auto& [path, in, planes, stride] = block;
  x = ConvNorm(net, path, 1, x, in, planes, {.kernel = 3, .stride = stride, .padding = 1});
  x = net.Relu(path + "relu", x, true);
  return ConvNorm(net, path, 2, x, planes, planes, {.kernel = 3, .padding = 1});
}

/// 1x1 down, 3x3 in groups, 1x1 up.
ValueId BottleneckPath(ZooBuilder& net, const Config& config, const Block& block, ValueId x) {
  const auto& [path, in, planes, stride] = block;
  const std::int64_t width = planes * config.width_per_group / 64 * config.groups;
  x = ConvNorm(net, path, 1, x, in, width, {.kernel = 1});
  x = net.Relu(path + "relu", x, true);
  x = ConvNorm(net, path, 2, x, width, width,
               {.kernel = 3, .stride = stride, .padding = 1, .groups = config.groups});
  x = net.Relu(path + "relu#2", x, true);
  return ConvNorm(net, path, 3, x, width, planes * Expansion(config), {.kernel = 1});
}

ValueId ResidualBlock(ZooBuilder& net, const Config& config, const Block& block, ValueId x) {
  const std::int64_t out = block.planes * Expansion(config);
  ValueId y = config.bottleneck ? BottleneckPath(net, config, block, x) : BasicPath(net, block, x);
  if (block.stride != 1 || block.in != out) {
    const ConvOptions options = {.kernel = 1, .stride = block.stride, .bias = false};
    x = net.Conv(block.path + "downsample.0", x, block.in, out, options);
    x = net.BatchNorm(block.path + "downsample.1", x, out);
  }
  y = net.Add(block.path + "add", y, x, true);
  return net.Relu(block.path + (config.bottleneck ? "relu#3" : "relu#2"), y, true);
}

ValueId Build(ZooBuilder& net, const Config& config) {
  ValueId x = ConvNorm(net, "", 1, net.input(), 3, 64, {.kernel = 7, .stride = 2, .padding = 3});
  x = net.Relu("relu", x, true);
  x = net.MaxPool("maxpool", x, {.kernel = 3, .stride = 2, .padding = 1});
  std::int64_t in = 64;
  for (int stage = 0; stage < 4; ++stage) {
    const std::int64_t planes = std::int64_t{64} << stage;
    for (int i = 0; i < config.depths[stage]; ++i) {
      const Block block = {
          .path = "layer" + std::to_string(stage + 1) + "." + std::to_string(i) + ".",
          .in = in,
          .planes = planes,
          .stride = stage > 0 && i == 0 ? 2 : 1};
      x = ResidualBlock(net, config, block, x);
      in = planes * Expansion(config);
    }
  }
  x = net.AdaptiveAvgPool("avgpool", x, 1, 1);
  x = net.Flatten("flatten", x);
  return net.Linear("fc", x, in, 1000);
}

}  // namespace

ValueId BuildResNet18(ZooBuilder& net) { return Build(net, {.depths = {2, 2, 2, 2}}); }
ValueId BuildResNet34(ZooBuilder& net) { return Build(net, {.depths = {3, 4, 6, 3}}); }
ValueId BuildResNet50(ZooBuilder& net) {
  return Build(net, {.depths = {3, 4, 6, 3}, .bottleneck = true});
}
ValueId BuildResNet101(ZooBuilder& net) {
  return Build(net, {.depths = {3, 4, 23, 3}, .bottleneck = true});
}
ValueId BuildResNet152(ZooBuilder& net) {
  return Build(net, {.depths = {3, 8, 36, 3}, .bottleneck = true});
}
ValueId BuildResNeXt50(ZooBuilder& net) {
  return Build(net,
               {.depths = {3, 4, 6, 3}, .bottleneck = true, .groups = 32, .width_per_group = 4});
}
ValueId BuildResNeXt101Groups32(ZooBuilder& net) {
  return Build(net,
               {.depths = {3, 4, 23, 3}, .bottleneck = true, .groups = 32, .width_per_group = 8});
}
ValueId BuildResNeXt101Groups64(ZooBuilder& net) {
  return Build(net,
               {.depths = {3, 4, 23, 3}, .bottleneck = true, .groups = 64, .width_per_group = 4});
}
ValueId BuildWideResNet50(ZooBuilder& net) {
  return Build(net, {.depths = {3, 4, 6, 3}, .bottleneck = true, .width_per_group = 128});
}
ValueId BuildWideResNet101(ZooBuilder& net) {
  return Build(net, {.depths = {3, 4, 23, 3}, .bottleneck = true, .width_per_group = 128});
}

}  // namespace joulecast
