// SPDX-License-Identifier: Apache-2.0
// SqueezeNet as in torchvision: F. Iandola et al., arXiv 1602.07360. A fire module squeezes by a
// 1x1 convolution and expands by a 1x1 and a 3x3 one side by side.
#include "formats/zoo/builder.h"

namespace joulecast {
namespace {

constexpr PoolOptions kPool = {.kernel = 3, .stride = 2, .ceil_mode = true};

/// From `in` channels to twice `expand`.
ValueId Fire(ZooBuilder& net, int index, ValueId x, std::int64_t in, std::int64_t squeeze,
             std::int64_t expand) {
  const std::string path = "features." + std::to_string(index) + ".";
  x = net.Conv(path + "squeeze", x, in, squeeze, {.kernel = 1});
  x = net.Relu(path + "squeeze_activation", x, true);
  ValueId narrow = net.Conv(path + "expand1x1", x, squeeze, expand, {.kernel = 1});
  narrow = net.Relu(path + "expand1x1_activation", narrow, true);
  ValueId wide = net.Conv(path + "expand3x3", x, squeeze, expand, {.kernel = 3, .padding = 1});
  wide = net.Relu(path + "expand3x3_activation", wide, true);
  return net.Concat(path + "cat", {narrow, wide});
}

ValueId Classifier(ZooBuilder& net, ValueId x) {
  x = net.Dropout("classifier.0", x);
  x = net.Conv("classifier.1", x, 512, 1000, {.kernel = 1});
  x = net.Relu("classifier.2", x, true);
  x = net.AdaptiveAvgPool("classifier.3", x, 1, 1);
  return net.Flatten("flatten", x);
}

}  // namespace

ValueId BuildSqueezeNet10(ZooBuilder& net) {
  ValueId x = net.Conv("features.0", net.input(), 3, 96, {.kernel = 7, .stride = 2});
  x = net.Relu("features.1", x, true);
  x = net.MaxPool("features.2", x, kPool);
  x = Fire(net, 3, x, 96, 16, 64);
  x = Fire(net, 4, x, 128, 16, 64);
  x = Fire(net, 5, x, 128, 32, 128);
  x = net.MaxPool("features.6", x, kPool);
  x = Fire(net, 7, x, 256, 32, 128);
  x = Fire(net, 8, x, 256, 48, 192);
  x = Fire(net, 9, x, 384, 48, 192);
  x = Fire(net, 10, x, 384, 64, 256);
  x = net.MaxPool("features.11", x, kPool);
  return Classifier(net, Fire(net, 12, x, 512, 64, 256));
}

ValueId BuildSqueezeNet11(ZooBuilder& net) {
  ValueId x = net.Conv("features.0", net.input(), 3, 64, {.kernel = 3, .stride = 2});
  x = net.Relu("features.1", x, true);
  x = net.MaxPool("features.2", x, kPool);
  x = Fire(net, 3, x, 64, 16, 64);
  x = Fire(net, 4, x, 128, 16, 64);
  x = net.MaxPool("features.5", x, kPool);
  x = Fire(net, 6, x, 128, 32, 128);
  x = Fire(net, 7, x, 256, 32, 128);
  x = net.MaxPool("features.8", x, kPool);
  x = Fire(net, 9, x, 256, 48, 192);
  x = Fire(net, 10, x, 384, 48, 192);
  x = Fire(net, 11, x, 384, 64, 256);
  return Classifier(net, Fire(net, 12, x, 512, 64, 256));
}

}  // namespace joulecast
