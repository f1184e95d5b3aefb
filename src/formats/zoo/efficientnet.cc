// SPDX-License-Identifier: Apache-2.0
// EfficientNet as in torchvision: M. Tan, Q. Le, arXiv 1905.11946, one network in eight sizes, and
// version 2, arXiv 2104.00298, whose first stages fuse the widening and the depthwise convolution.
#include <cmath>
#include <span>

#include "formats/zoo/blocks.h"

namespace joulecast {
namespace {

struct Stage {
  std::int64_t widening;
  std::int64_t kernel;
  std::int64_t stride;  ///< of the first block
  std::int64_t channels;
  std::int64_t blocks;
  bool is_fused = false;
};

constexpr Stage kB[] = {{1, 3, 1, 16, 1},  {6, 3, 2, 24, 2},  {6, 5, 2, 40, 2}, {6, 3, 2, 80, 3},
                        {6, 5, 1, 112, 3}, {6, 5, 2, 192, 4}, {6, 3, 1, 320, 1}};

constexpr Stage kV2S[] = {{1, 3, 1, 24, 2, true}, {4, 3, 2, 48, 4, true}, {4, 3, 2, 64, 4, true},
                          {4, 3, 2, 128, 6},      {6, 3, 1, 160, 9},      {6, 3, 2, 256, 15}};
constexpr Stage kV2M[] = {{1, 3, 1, 24, 3, true}, {4, 3, 2, 48, 5, true}, {4, 3, 2, 80, 5, true},
                          {4, 3, 2, 160, 7},      {6, 3, 1, 176, 14},     {6, 3, 2, 304, 18},
                          {6, 3, 1, 512, 5}};
constexpr Stage kV2L[] = {{1, 3, 1, 32, 4, true}, {4, 3, 2, 64, 7, true}, {4, 3, 2, 96, 7, true},
                          {4, 3, 2, 192, 10},     {6, 3, 1, 224, 19},     {6, 3, 2, 384, 25},
                          {6, 3, 1, 640, 7}};

struct Block {
  std::int64_t in;
  std::int64_t out;
  std::int64_t stride;
};

ValueId ConvNormSilu(ZooBuilder& net, const std::string& path, ValueId x, std::int64_t in,
                     std::int64_t out, const ConvOptions& options) {
  return ConvNormActivation(net, path, x, in, out, options, Activation::kSilu);
}

/// Widen by 1x1, filter each channel alone, squeeze and excite, narrow by 1x1.
ValueId SeparatePath(ZooBuilder& net, const std::string& path, const Stage& stage,
                     const Block& block, ValueId x) {
  int index = 0;
  const auto next = [&] { return path + std::to_string(index++); };
  const std::int64_t hidden = stage.widening * block.in;
  if (stage.widening != 1) x = ConvNormSilu(net, next(), x, block.in, hidden, {});
  x = ConvNormSilu(net, next(), x, hidden, hidden,
                   {.kernel = stage.kernel, .stride = block.stride, .groups = hidden});
  x = SqueezeExcite(net, next(), x, hidden,
                    {.squeezed = block.in / 4, .activation = Activation::kSilu, .inplace = true});
  return ConvNormActivation(net, next(), x, hidden, block.out, {}, Activation::kNone);
}

/// Filter and widen at once, narrow by 1x1 if there was anything to widen.
ValueId FusedPath(ZooBuilder& net, const std::string& path, const Stage& stage, const Block& block,
                  ValueId x) {
  const std::int64_t hidden = stage.widening == 1 ? block.out : stage.widening * block.in;
  x = ConvNormSilu(net, path + "0", x, block.in, hidden,
                   {.kernel = stage.kernel, .stride = block.stride});
  if (stage.widening == 1) return x;
  return ConvNormActivation(net, path + "1", x, hidden, block.out, {}, Activation::kNone);
}

ValueId MbConv(ZooBuilder& net, const std::string& path, const Stage& stage, const Block& block,
               ValueId input) {
  const std::string inside = path + ".block.";
  const ValueId x = stage.is_fused ? FusedPath(net, inside, stage, block, input)
                                   : SeparatePath(net, inside, stage, block, input);
  return block.stride == 1 && block.in == block.out ? net.Add(path + ".add", x, input, true) : x;
}

/// `last` is the number of channels before the classifier; 0: four times the last stage's.
ValueId Build(ZooBuilder& net, std::span<const Stage> stages, std::int64_t stem,
              std::int64_t last) {
  std::int64_t in = stem;
  ValueId x = ConvNormSilu(net, "features.0", net.input(), 3, in, {.kernel = 3, .stride = 2});
  int index = 1;
  for (const Stage& stage : stages) {
    const std::string path = "features." + std::to_string(index++) + ".";
    for (std::int64_t i = 0; i < stage.blocks; ++i) {
      const Block block = {.in = in, .out = stage.channels, .stride = i == 0 ? stage.stride : 1};
      x = MbConv(net, path + std::to_string(i), stage, block, x);
      in = stage.channels;
    }
  }
  if (last == 0) last = 4 * in;
  x = ConvNormSilu(net, "features." + std::to_string(index), x, in, last, {});
  x = net.AdaptiveAvgPool("avgpool", x, 1, 1);
  x = net.Flatten("flatten", x);
  x = net.Dropout("classifier.0", x);
  return net.Linear("classifier.1", x, last, 1000);
}

ValueId BuildB(ZooBuilder& net, double width, double depth) {
  const auto scaled = [&](std::int64_t channels) {
    return RoundChannels(width * static_cast<double>(channels), 8);
  };
  std::vector<Stage> stages(std::begin(kB), std::end(kB));
  for (Stage& stage : stages) {
    stage.channels = scaled(stage.channels);
    stage.blocks = static_cast<std::int64_t>(std::ceil(depth * static_cast<double>(stage.blocks)));
  }
  return Build(net, stages, scaled(32), 0);
}

}  // namespace

ValueId BuildEfficientNetB0(ZooBuilder& net) { return BuildB(net, 1.0, 1.0); }
ValueId BuildEfficientNetB1(ZooBuilder& net) { return BuildB(net, 1.0, 1.1); }
ValueId BuildEfficientNetB2(ZooBuilder& net) { return BuildB(net, 1.1, 1.2); }
ValueId BuildEfficientNetB3(ZooBuilder& net) { return BuildB(net, 1.2, 1.4); }
ValueId BuildEfficientNetB4(ZooBuilder& net) { return BuildB(net, 1.4, 1.8); }
ValueId BuildEfficientNetB5(ZooBuilder& net) { return BuildB(net, 1.6, 2.2); }
ValueId BuildEfficientNetB6(ZooBuilder& net) { return BuildB(net, 1.8, 2.6); }
ValueId BuildEfficientNetB7(ZooBuilder& net) { return BuildB(net, 2.0, 3.1); }
ValueId BuildEfficientNetV2S(ZooBuilder& net) { return Build(net, kV2S, 24, 1280); }
ValueId BuildEfficientNetV2M(ZooBuilder& net) { return Build(net, kV2M, 24, 1280); }
ValueId BuildEfficientNetV2L(ZooBuilder& net) { return Build(net, kV2L, 32, 1280); }

}  // namespace joulecast
