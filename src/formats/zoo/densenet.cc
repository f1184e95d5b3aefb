// SPDX-License-Identifier: Apache-2.0
// DenseNet as in torchvision: G. Huang et al., arXiv 1608.06993. Each layer of a block reads what
// all layers before it wrote, joined.
#include "formats/zoo/builder.h"

namespace joulecast {
namespace {

struct Config {
  std::int64_t growth = 32;  ///< channels that a layer adds
  std::int64_t stem = 64;
  int depths[4];  ///< layers in each of the four blocks
};

/// Normalisation, relu and convolution `index`, in that order.
ValueId NormReluConv(ZooBuilder& net, const std::string& path, const std::string& index, ValueId x,
                     std::int64_t in, std::int64_t out, ConvOptions options) {
  options.bias = false;
  x = net.BatchNorm(path + "norm" + index, x, in);
  x = net.Relu(path + "relu" + index, x, true);
  return net.Conv(path + "conv" + index, x, in, out, options);
}

ValueId DenseBlock(ZooBuilder& net, const std::string& path, ValueId x, std::int64_t in,
                   std::int64_t growth, int depth) {
  std::vector<ValueId> parts = {x};
  for (int i = 0; i < depth; ++i) {
    const std::string layer = path + ".denselayer" + std::to_string(i + 1) + ".";
    x = parts.size() > 1 ? net.Concat(layer + "cat", parts) : x;
    x = NormReluConv(net, layer, "1", x, in + i * growth, 4 * growth, {});
    x = NormReluConv(net, layer, "2", x, 4 * growth, growth, {.kernel = 3, .padding = 1});
    parts.push_back(x);
  }
  return net.Concat(path + ".cat", parts);
}

ValueId Build(ZooBuilder& net, const Config& config) {
  std::int64_t channels = config.stem;
  ValueId x = net.Conv("features.conv0", net.input(), 3, channels,
                       {.kernel = 7, .stride = 2, .padding = 3, .bias = false});
  x = net.BatchNorm("features.norm0", x, channels);
  x = net.Relu("features.relu0", x, true);
  x = net.MaxPool("features.pool0", x, {.kernel = 3, .stride = 2, .padding = 1});
  for (int i = 0; i < 4; ++i) {
    const std::string index = std::to_string(i + 1);
    x = DenseBlock(net, "features.denseblock" + index, x, channels, config.growth,
                   config.depths[i]);
    channels += config.depths[i] * config.growth;
    if (i == 3) break;
    const std::string path = "features.transition" + index + ".";
    x = NormReluConv(net, path, "", x, channels, channels / 2, {});
    x = net.AvgPool(path + "pool", x, {.kernel = 2, .stride = 2});
    channels /= 2;
  }
  x = net.BatchNorm("features.norm5", x, channels);
  x = net.Relu("relu", x, true);
  x = net.AdaptiveAvgPool("adaptive_avg_pool2d", x, 1, 1);
  x = net.Flatten("flatten", x);
  return net.Linear("classifier", x, channels, 1000);
}

}  // namespace

ValueId BuildDenseNet121(ZooBuilder& net) { return Build(net, {.depths = {6, 12, 24, 16}}); }
ValueId BuildDenseNet161(ZooBuilder& net) {
  return Build(net, {.growth = 48, .stem = 96, .depths = {6, 12, 36, 24}});
}
ValueId BuildDenseNet169(ZooBuilder& net) { return Build(net, {.depths = {6, 12, 32, 32}}); }
ValueId BuildDenseNet201(ZooBuilder& net) { return Build(net, {.depths = {6, 12, 48, 32}}); }

}  // namespace joulecast
