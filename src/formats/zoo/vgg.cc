// SPDX-License-Identifier: Apache-2.0
// VGG as in torchvision: K. Simonyan, A. Zisserman, "Very deep convolutional networks for
// large-scale image recognition", arXiv 1409.1556. Five stages of 3x3 convolutions, each ending
// in a pool that halves the image.
#include "formats/zoo/builder.h"

namespace joulecast {
namespace {

/// Convolutions in each of the five stages.
struct Depths {
  int stage[5];
};

constexpr Depths kVgg11 = {{1, 1, 2, 2, 2}};
constexpr Depths kVgg13 = {{2, 2, 2, 2, 2}};
constexpr Depths kVgg16 = {{2, 2, 3, 3, 3}};
constexpr Depths kVgg19 = {{2, 2, 4, 4, 4}};

ValueId Features(ZooBuilder& net, const Depths& depths, bool batch_norm) {
  constexpr std::int64_t kChannels[] = {64, 128, 256, 512, 512};
  int index = 0;
  const auto path = [&] { return "features." + std::to_string(index++); };
  ValueId x = net.input();
  std::int64_t in = 3;
  for (std::size_t stage = 0; stage < 5; ++stage) {
    const std::int64_t out = kChannels[stage];
    for (int i = 0; i < depths.stage[stage]; ++i) {
      x = net.Conv(path(), x, in, out, {.kernel = 3, .padding = 1});
      if (batch_norm) x = net.BatchNorm(path(), x, out);
      x = net.Relu(path(), x, true);
      in = out;
    }
    x = net.MaxPool(path(), x, {.kernel = 2, .stride = 2});
  }
  return x;
}

ValueId Build(ZooBuilder& net, const Depths& depths, bool batch_norm) {
  ValueId x = Features(net, depths, batch_norm);
  x = net.AdaptiveAvgPool("avgpool", x, 7, 7);
  x = net.Flatten("flatten", x);
  x = net.Linear("classifier.0", x, 512 * 7 * 7, 4096);
  x = net.Relu("classifier.1", x, true);
  x = net.Dropout("classifier.2", x);
  x = net.Linear("classifier.3", x, 4096, 4096);
  x = net.Relu("classifier.4", x, true);
  x = net.Dropout("classifier.5", x);
  return net.Linear("classifier.6", x, 4096, 1000);
}

}  // namespace

ValueId BuildVgg11(ZooBuilder& net) { return Build(net, kVgg11, false); }
ValueId BuildVgg11Bn(ZooBuilder& net) { return Build(net, kVgg11, true); }
ValueId BuildVgg13(ZooBuilder& net) { return Build(net, kVgg13, false); }
ValueId BuildVgg13Bn(ZooBuilder& net) { return Build(net, kVgg13, true); }
ValueId BuildVgg16(ZooBuilder& net) { return Build(net, kVgg16, false); }
ValueId BuildVgg16Bn(ZooBuilder& net) { return Build(net, kVgg16, true); }
ValueId BuildVgg19(ZooBuilder& net) { return Build(net, kVgg19, false); }
ValueId BuildVgg19Bn(ZooBuilder& net) { return Build(net, kVgg19, true); }

}  // namespace joulecast
