// SPDX-License-Identifier: Apache-2.0
// GoogLeNet as in torchvision: C. Szegedy et al., arXiv 1409.4842, with batch normalisation, 3x3
// filters where the paper has 5x5, and without the two auxiliary classifiers.
#include "formats/zoo/builder.h"

namespace joulecast {
namespace {

/// Channels of the four branches of an inception module.
struct Module {
  const char* name;
  std::int64_t direct;
  std::int64_t before_3x3;
  std::int64_t after_3x3;
  std::int64_t before_5x5;
  std::int64_t after_5x5;
  std::int64_t pooled;
};

constexpr Module kModules3[] = {{"inception3a", 64, 96, 128, 16, 32, 32},
                                {"inception3b", 128, 128, 192, 32, 96, 64}};
constexpr Module kModules4[] = {{"inception4a", 192, 96, 208, 16, 48, 64},
                                {"inception4b", 160, 112, 224, 24, 64, 64},
                                {"inception4c", 128, 128, 256, 24, 64, 64},
                                {"inception4d", 112, 144, 288, 32, 64, 64},
                                {"inception4e", 256, 160, 320, 32, 128, 128}};
constexpr Module kModules5[] = {{"inception5a", 256, 160, 320, 32, 128, 128},
                                {"inception5b", 384, 192, 384, 48, 128, 128}};

ValueId ConvNormRelu(ZooBuilder& net, const std::string& path, ValueId x, std::int64_t in,
                     std::int64_t out, ConvOptions options = {}) {
  options.bias = false;
  x = net.Conv(path + ".conv", x, in, out, options);
  x = net.BatchNorm(path + ".bn", x, out);
  return net.Relu(path + ".relu", x, true);
}

/// An image and its channels.
struct Image {
  ValueId value;
  std::int64_t channels;
};

Image Inception(ZooBuilder& net, const Module& module, const Image& x) {
  const std::string path = module.name;
  const ConvOptions wide = {.kernel = 3, .padding = 1};
  const ValueId direct = ConvNormRelu(net, path + ".branch1", x.value, x.channels, module.direct);
  ValueId by_3x3 = ConvNormRelu(net, path + ".branch2.0", x.value, x.channels, module.before_3x3);
  by_3x3 =
      ConvNormRelu(net, path + ".branch2.1", by_3x3, module.before_3x3, module.after_3x3, wide);
  ValueId by_5x5 = ConvNormRelu(net, path + ".branch3.0", x.value, x.channels, module.before_5x5);
  by_5x5 =
      ConvNormRelu(net, path + ".branch3.1", by_5x5, module.before_5x5, module.after_5x5, wide);
  ValueId pooled = net.MaxPool(path + ".branch4.0", x.value,
                               {.kernel = 3, .stride = 1, .padding = 1, .ceil_mode = true});
  pooled = ConvNormRelu(net, path + ".branch4.1", pooled, x.channels, module.pooled);
  return {net.Concat(path + ".cat", {direct, by_3x3, by_5x5, pooled}),
          module.direct + module.after_3x3 + module.after_5x5 + module.pooled};
}

}  // namespace

ValueId BuildGoogLeNet(ZooBuilder& net) {
  const PoolOptions halve = {.kernel = 3, .stride = 2, .ceil_mode = true};
  ValueId x =
      ConvNormRelu(net, "conv1", net.input(), 3, 64, {.kernel = 7, .stride = 2, .padding = 3});
  x = net.MaxPool("maxpool1", x, halve);
  x = ConvNormRelu(net, "conv2", x, 64, 64);
  x = ConvNormRelu(net, "conv3", x, 64, 192, {.kernel = 3, .padding = 1});
  Image image = {net.MaxPool("maxpool2", x, halve), 192};
  for (const Module& module : kModules3) image = Inception(net, module, image);
  image.value = net.MaxPool("maxpool3", image.value, halve);
  for (const Module& module : kModules4) image = Inception(net, module, image);
  image.value = net.MaxPool("maxpool4", image.value, {.kernel = 2, .stride = 2, .ceil_mode = true});
  for (const Module& module : kModules5) image = Inception(net, module, image);
  x = net.AdaptiveAvgPool("avgpool", image.value, 1, 1);
  x = net.Flatten("flatten", x);
  x = net.Dropout("dropout", x);
  return net.Linear("fc", x, image.channels, 1000);
}

}  // namespace joulecast
