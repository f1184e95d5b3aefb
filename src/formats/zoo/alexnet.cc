// SPDX-License-Identifier: Apache-2.0
// AlexNet as in torchvision: A. Krizhevsky, "One weird trick for parallelizing convolutional
// neural networks", arXiv 1404.5997, without local response normalisation.
#include "formats/zoo/builder.h"

namespace joulecast {

ValueId BuildAlexNet(ZooBuilder& net) {
  ValueId x = net.input();
  x = net.Conv("features.0", x, 3, 64, {.kernel = 11, .stride = 4, .padding = 2});
  x = net.Relu("features.1", x, true);
  x = net.MaxPool("features.2", x, {.kernel = 3, .stride = 2});
  x = net.Conv("features.3", x, 64, 192, {.kernel = 5, .padding = 2});
  x = net.Relu("features.4", x, true);
  x = net.MaxPool("features.5", x, {.kernel = 3, .stride = 2});
  x = net.Conv("features.6", x, 192, 384, {.kernel = 3, .padding = 1});
  x = net.Relu("features.7", x, true);
  x = net.Conv("features.8", x, 384, 256, {.kernel = 3, .padding = 1});
  x = net.Relu("features.9", x, true);
  x = net.Conv("features.10", x, 256, 256, {.kernel = 3, .padding = 1});
  x = net.Relu("features.11", x, true);
  x = net.MaxPool("features.12", x, {.kernel = 3, .stride = 2});
  x = net.AdaptiveAvgPool("avgpool", x, 6, 6);
  x = net.Flatten("flatten", x);
  x = net.Dropout("classifier.0", x);
  x = net.Linear("classifier.1", x, 256 * 6 * 6, 4096);
  x = net.Relu("classifier.2", x, true);
  x = net.Dropout("classifier.3", x);
  x = net.Linear("classifier.4", x, 4096, 4096);
  x = net.Relu("classifier.5", x, true);
  return net.Linear("classifier.6", x, 4096, 1000);
}

}  // namespace joulecast
