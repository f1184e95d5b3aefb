// SPDX-License-Identifier: Apache-2.0
// ShuffleNet v2 as in torchvision: N. Ma et al., arXiv 1807.11164. A block works on half of the
// channels and shuffles the halves into each other.
#include "formats/zoo/builder.h"

namespace joulecast {
namespace {

struct Widths {
  std::int64_t stages[3];
  std::int64_t last;
};

constexpr int kDepths[] = {4, 8, 4};

/// A sequence of convolutions, normalisations and relus, numbered as its modules.
struct Branch {
  ZooBuilder& net;
  std::string path;
  ValueId x;
  int index = 0;

  std::string Next() { return path + std::to_string(index++); }

  Branch& Pointwise(std::int64_t in, std::int64_t out) {
    x = net.Conv(Next(), x, in, out, {.bias = false});
    x = net.BatchNorm(Next(), x, out);
    x = net.Relu(Next(), x, true);
    return *this;
  }

  Branch& Depthwise(std::int64_t channels, std::int64_t stride) {
    x = net.Conv(Next(), x, channels, channels,
                 {.kernel = 3, .stride = stride, .padding = 1, .groups = channels, .bias = false});
    x = net.BatchNorm(Next(), x, channels);
    return *this;
  }
};

ValueId Block(ZooBuilder& net, const std::string& path, ValueId input, std::int64_t in,
              std::int64_t out, std::int64_t stride) {
  const std::int64_t half = out / 2;
  ValueId kept = input;
  ValueId worked = input;
  if (stride == 1) {
    const std::vector<ValueId> halves = net.Split(path + ".chunk", input, 1, 2);
    kept = halves[0];
    worked = halves[1];
    in = half;
  } else {
    kept = Branch{net, path + ".branch1.", input}.Depthwise(in, stride).Pointwise(in, half).x;
  }
  worked = Branch{net, path + ".branch2.", worked}
               .Pointwise(in, half)
               .Depthwise(half, stride)
               .Pointwise(half, half)
               .x;
  const ValueId joined = net.Concat(path + ".cat", {kept, worked});
  const ZooBuilder::Attributes groups = {{"groups", std::int64_t{2}}};
  return net.Append("ChannelShuffle", path + ".channel_shuffle", {joined}, groups, "joulecast");
}

ValueId Build(ZooBuilder& net, const Widths& widths) {
  std::int64_t in = 24;
  ValueId x = net.Conv("conv1.0", net.input(), 3, in,
                       {.kernel = 3, .stride = 2, .padding = 1, .bias = false});
  x = net.BatchNorm("conv1.1", x, in);
  x = net.Relu("conv1.2", x, true);
  x = net.MaxPool("maxpool", x, {.kernel = 3, .stride = 2, .padding = 1});
  for (int stage = 0; stage < 3; ++stage) {
    const std::int64_t out = widths.stages[stage];
    for (int i = 0; i < kDepths[stage]; ++i) {
      const std::string path = "stage" + std::to_string(stage + 2) + "." + std::to_string(i);
      x = Block(net, path, x, in, out, i == 0 ? 2 : 1);
      in = out;
    }
  }
  x = Branch{net, "conv5.", x}.Pointwise(in, widths.last).x;
  x = net.SpatialMean("mean", x);
  return net.Linear("fc", x, widths.last, 1000);
}

}  // namespace

ValueId BuildShuffleNetV2X05(ZooBuilder& net) { return Build(net, {{48, 96, 192}, 1024}); }
ValueId BuildShuffleNetV2X10(ZooBuilder& net) { return Build(net, {{116, 232, 464}, 1024}); }
ValueId BuildShuffleNetV2X15(ZooBuilder& net) { return Build(net, {{176, 352, 704}, 1024}); }
ValueId BuildShuffleNetV2X20(ZooBuilder& net) { return Build(net, {{244, 488, 976}, 2048}); }

}  // namespace joulecast
