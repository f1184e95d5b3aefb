// SPDX-License-Identifier: Apache-2.0
// MNASNet as in torchvision: M. Tan et al., arXiv 1807.11626, variant B1, in four widths.
#include "formats/zoo/blocks.h"

namespace joulecast {
namespace {

struct Stage {
  std::int64_t channels;  ///< at width 1
  std::int64_t kernel;
  std::int64_t stride;  ///< of the first block
  std::int64_t widening;
  int blocks;
};

constexpr Stage kStages[] = {{24, 3, 2, 3, 3}, {40, 5, 2, 3, 3},  {80, 5, 2, 6, 3},
                             {96, 3, 1, 6, 2}, {192, 5, 2, 6, 4}, {320, 3, 1, 6, 1}};

/// Numbers the modules of a sequence: "layers.0", "layers.1" and so on.
struct Sequence {
  std::string path;
  int index = 0;

  std::string Next() { return path + std::to_string(index++); }
};

ValueId ConvNorm(ZooBuilder& net, Sequence& sequence, ValueId x, std::int64_t in, std::int64_t out,
                 ConvOptions options) {
  options.padding = options.kernel.height / 2;
  options.bias = false;
  x = net.Conv(sequence.Next(), x, in, out, options);
  return net.BatchNorm(sequence.Next(), x, out);
}

ValueId ConvNormRelu(ZooBuilder& net, Sequence& sequence, ValueId x, std::int64_t in,
                     std::int64_t out, const ConvOptions& options) {
  x = ConvNorm(net, sequence, x, in, out, options);
  return net.Relu(sequence.Next(), x, true);
}

ValueId InvertedResidual(ZooBuilder& net, const std::string& path, ValueId input, std::int64_t in,
                         std::int64_t out, const Stage& stage, std::int64_t stride) {
  const std::int64_t hidden = in * stage.widening;
  Sequence layers = {path + ".layers."};
  ValueId x = ConvNormRelu(net, layers, input, in, hidden, {});
  x = ConvNormRelu(net, layers, x, hidden, hidden,
                   {.kernel = stage.kernel, .stride = stride, .groups = hidden});
  x = ConvNorm(net, layers, x, hidden, out, {});
  return in == out && stride == 1 ? net.Add(path + ".add", x, input, false) : x;
}

ValueId Build(ZooBuilder& net, double width) {
  const auto scaled = [&](std::int64_t channels) {
    return RoundChannels(width * static_cast<double>(channels), 8);
  };
  Sequence layers = {"layers."};
  const std::int64_t stem = scaled(32);
  std::int64_t in = scaled(16);
  ValueId x = ConvNormRelu(net, layers, net.input(), 3, stem, {.kernel = 3, .stride = 2});
  x = ConvNormRelu(net, layers, x, stem, stem, {.kernel = 3, .groups = stem});
  x = ConvNorm(net, layers, x, stem, in, {});
  for (const Stage& stage : kStages) {
    const std::string path = layers.Next() + ".";
    for (int i = 0; i < stage.blocks; ++i) {
      const std::int64_t out = scaled(stage.channels);
      x = InvertedResidual(net, path + std::to_string(i), x, in, out, stage,
                           i == 0 ? stage.stride : 1);
      in = out;
    }
  }
  x = ConvNormRelu(net, layers, x, in, 1280, {});
  x = net.SpatialMean("mean", x);
  x = net.Dropout("classifier.0", x);
  return net.Linear("classifier.1", x, 1280, 1000);
}

}  // namespace

ValueId BuildMnasNet05(ZooBuilder& net) { return Build(net, 0.5); }
ValueId BuildMnasNet075(ZooBuilder& net) { return Build(net, 0.75); }
ValueId BuildMnasNet10(ZooBuilder& net) { return Build(net, 1.0); }
ValueId BuildMnasNet13(ZooBuilder& net) { return Build(net, 1.3); }

}  // namespace joulecast
