// SPDX-License-Identifier: Apache-2.0
// MobileNet v3 as in torchvision: A. Howard et al., arXiv 1905.02244. Inverted residuals, some with
// squeeze and excitation, relu in the first ones and hardswish in the later ones.
#include <cmath>
#include <span>

#include "formats/zoo/blocks.h"

namespace joulecast {
namespace {

struct Block {
  std::int64_t kernel;
  std::int64_t hidden;
  std::int64_t out;
  bool squeezes;
  Activation activation;
  std::int64_t stride;
};

constexpr Activation kRe = Activation::kRelu;
constexpr Activation kHs = Activation::kHardSwish;

constexpr Block kLarge[] = {
    {3, 16, 16, false, kRe, 1},  {3, 64, 24, false, kRe, 2},  {3, 72, 24, false, kRe, 1},
    {5, 72, 40, true, kRe, 2},   {5, 120, 40, true, kRe, 1},  {5, 120, 40, true, kRe, 1},
    {3, 240, 80, false, kHs, 2}, {3, 200, 80, false, kHs, 1}, {3, 184, 80, false, kHs, 1},
    {3, 184, 80, false, kHs, 1}, {3, 480, 112, true, kHs, 1}, {3, 672, 112, true, kHs, 1},
    {5, 672, 160, true, kHs, 2}, {5, 960, 160, true, kHs, 1}, {5, 960, 160, true, kHs, 1}};

constexpr Block kSmall[] = {
    {3, 16, 16, true, kRe, 2},  {3, 72, 24, false, kRe, 2}, {3, 88, 24, false, kRe, 1},
    {5, 96, 40, true, kHs, 2},  {5, 240, 40, true, kHs, 1}, {5, 240, 40, true, kHs, 1},
    {5, 120, 48, true, kHs, 1}, {5, 144, 48, true, kHs, 1}, {5, 288, 96, true, kHs, 2},
    {5, 576, 96, true, kHs, 1}, {5, 576, 96, true, kHs, 1}};

ValueId InvertedResidual(ZooBuilder& net, const std::string& path, ValueId input, std::int64_t in,
                         const Block& block) {
  int index = 0;
  const auto next = [&] { return path + ".block." + std::to_string(index++); };
  const std::int64_t hidden = block.hidden;
  ValueId x = input;
  if (hidden != in) x = ConvNormActivation(net, next(), x, in, hidden, {}, block.activation);
  x = ConvNormActivation(net, next(), x, hidden, hidden,
                         {.kernel = block.kernel, .stride = block.stride, .groups = hidden},
                         block.activation);
  if (block.squeezes) {
    const std::int64_t squeezed = RoundChannels(std::floor(static_cast<double>(hidden) / 4), 8);
    x = SqueezeExcite(net, next(), x, hidden,
                      {.squeezed = squeezed, .scale = Activation::kHardSigmoid});
  }
  x = ConvNormActivation(net, next(), x, hidden, block.out, {}, Activation::kNone);
  return block.stride == 1 && in == block.out ? net.Add(path + ".add", x, input, true) : x;
}

ValueId Build(ZooBuilder& net, std::span<const Block> blocks, std::int64_t last) {
  std::int64_t in = 16;
  ValueId x =
      ConvNormActivation(net, "features.0", net.input(), 3, in, {.kernel = 3, .stride = 2}, kHs);
  int index = 1;
  for (const Block& block : blocks) {
    x = InvertedResidual(net, "features." + std::to_string(index++), x, in, block);
    in = block.out;
  }
  x = ConvNormActivation(net, "features." + std::to_string(index), x, in, 6 * in, {}, kHs);
  x = net.AdaptiveAvgPool("avgpool", x, 1, 1);
  x = net.Flatten("flatten", x);
  x = net.Linear("classifier.0", x, 6 * in, last);
  x = net.Activate("classifier.1", x, kHs, true);
  x = net.Dropout("classifier.2", x);
  return net.Linear("classifier.3", x, last, 1000);
}

}  // namespace

ValueId BuildMobileNetV3Large(ZooBuilder& net) { return Build(net, kLarge, 1280); }
ValueId BuildMobileNetV3Small(ZooBuilder& net) { return Build(net, kSmall, 1024); }

}  // namespace joulecast
