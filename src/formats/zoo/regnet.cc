// SPDX-License-Identifier: Apache-2.0
// RegNet as in torchvision: I. Radosavovic et al., arXiv 2003.13678. Widths grow linearly with
// depth, rounded to powers of one factor; Y nets have squeeze and excitation, X nets do not.
#include <algorithm>
#include <cmath>

#include "formats/zoo/blocks.h"

namespace joulecast {
namespace {

struct Config {
  int depth;           ///< blocks
  double first_width;  ///< channels of block 0, before rounding
  double slope;        ///< channels more with each block
  double step;         ///< factor between the widths of two stages
  std::int64_t group;  ///< channels of a group of the 3x3 convolutions
  bool squeezes = false;
};

struct Stage {
  std::int64_t width;
  int depth;
};

/// Blocks of equal width are a stage; its width is then made a multiple of the group.
std::vector<Stage> Stages(const Config& config) {
  std::vector<Stage> stages;
  for (int block = 0; block < config.depth; ++block) {
    const double wanted = config.first_width + config.slope * block;
    const double power =
        std::nearbyint(std::log(wanted / config.first_width) / std::log(config.step));
    const double width = config.first_width * std::pow(config.step, power);
    const auto channels = static_cast<std::int64_t>(8 * std::nearbyint(width / 8));
    if (stages.empty() || stages.back().width != channels) stages.push_back({channels, 0});
    ++stages.back().depth;
  }
  for (Stage& stage : stages) {
    stage.width =
        RoundChannels(static_cast<double>(stage.width), std::min(config.group, stage.width));
  }
  return stages;
}

ValueId Block(ZooBuilder& net, const Config& config, const std::string& path, ValueId input,
              std::int64_t in, std::int64_t width, std::int64_t stride) {
  const std::int64_t groups = width / std::min(config.group, width);
  ValueId shortcut = input;
  if (in != width || stride != 1) {
    shortcut = ConvNormActivation(net, path + ".proj", input, in, width, {.stride = stride},
                                  Activation::kNone);
  }
  ValueId x = ConvNormActivation(net, path + ".f.a", input, in, width, {}, Activation::kRelu);
  x = ConvNormActivation(net, path + ".f.b", x, width, width,
                         {.kernel = 3, .stride = stride, .groups = groups}, Activation::kRelu);
  if (config.squeezes) {
    const auto squeezed = static_cast<std::int64_t>(std::nearbyint(0.25 * static_cast<double>(in)));
    x = SqueezeExcite(net, path + ".f.se", x, width, {.squeezed = squeezed});
  }
  x = ConvNormActivation(net, path + ".f.c", x, width, width, {}, Activation::kNone);
  x = net.Add(path + ".add", shortcut, x, false);
  return net.Relu(path + ".activation", x, true);
}

ValueId Build(ZooBuilder& net, const Config& config) {
  std::int64_t in = 32;
  ValueId x = ConvNormActivation(net, "stem", net.input(), 3, in, {.kernel = 3, .stride = 2},
                                 Activation::kRelu);
  int index = 1;
  for (const Stage& stage : Stages(config)) {
    const std::string name = "block" + std::to_string(index++);
    for (int i = 0; i < stage.depth; ++i) {
      const std::string path = "trunk_output." + name + "." + name + "-" + std::to_string(i);
      x = Block(net, config, path, x, in, stage.width, i == 0 ? 2 : 1);
      in = stage.width;
    }
  }
  x = net.AdaptiveAvgPool("avgpool", x, 1, 1);
  x = net.Flatten("flatten", x);
  return net.Linear("fc", x, in, 1000);
}

}  // namespace

ValueId BuildRegNetY400Mf(ZooBuilder& net) { return Build(net, {16, 48, 27.89, 2.09, 8, true}); }
ValueId BuildRegNetY800Mf(ZooBuilder& net) { return Build(net, {14, 56, 38.84, 2.4, 16, true}); }
ValueId BuildRegNetY16Gf(ZooBuilder& net) { return Build(net, {18, 200, 106.23, 2.48, 112, true}); }
ValueId BuildRegNetY1600Mf(ZooBuilder& net) { return Build(net, {27, 48, 20.71, 2.65, 24, true}); }
ValueId BuildRegNetY3200Mf(ZooBuilder& net) { return Build(net, {21, 80, 42.63, 2.66, 24, true}); }
ValueId BuildRegNetY8Gf(ZooBuilder& net) { return Build(net, {17, 192, 76.82, 2.19, 56, true}); }
ValueId BuildRegNetY32Gf(ZooBuilder& net) { return Build(net, {20, 232, 115.89, 2.53, 232, true}); }
ValueId BuildRegNetY128Gf(ZooBuilder& net) {
  return Build(net, {27, 456, 160.83, 2.52, 264, true});
}
ValueId BuildRegNetX400Mf(ZooBuilder& net) { return Build(net, {22, 24, 24.48, 2.54, 16}); }
ValueId BuildRegNetX800Mf(ZooBuilder& net) { return Build(net, {16, 56, 35.73, 2.28, 16}); }
ValueId BuildRegNetX1600Mf(ZooBuilder& net) { return Build(net, {18, 80, 34.01, 2.25, 24}); }
ValueId BuildRegNetX3200Mf(ZooBuilder& net) { return Build(net, {25, 88, 26.31, 2.25, 48}); }
ValueId BuildRegNetX8Gf(ZooBuilder& net) { return Build(net, {23, 80, 49.56, 2.88, 120}); }
ValueId BuildRegNetX16Gf(ZooBuilder& net) { return Build(net, {22, 216, 55.59, 2.1, 128}); }
ValueId BuildRegNetX32Gf(ZooBuilder& net) { return Build(net, {23, 320, 69.86, 2.0, 168}); }

}  // namespace joulecast
