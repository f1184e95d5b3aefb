// SPDX-License-Identifier: Apache-2.0
// MaxViT as in torchvision: Z. Tu et al., arXiv 2204.01697. A layer is an inverted residual, then
// attention within windows of neighbours, then within windows spread over the image as a grid.
#include "formats/zoo/blocks.h"
#include "formats/zoo/windows.h"

namespace joulecast {
namespace {

constexpr std::int64_t kHeadWidth = 32;
constexpr Windows kWindows = {.size = 7};

struct Stage {
  std::int64_t channels;
  int layers;
};

constexpr Stage kStages[] = {{64, 2}, {128, 2}, {256, 5}, {512, 2}};

/// Convolution, normalisation, gelu.
ValueId ConvNormGelu(ZooBuilder& net, const std::string& path, ValueId x, std::int64_t in,
                     std::int64_t out, const ConvOptions& options) {
  return ConvNormActivation(net, path, x, in, out, options, Activation::kGelu, false);
}

ValueId InvertedResidual(ZooBuilder& net, const std::string& path, ValueId input, std::int64_t in,
                         std::int64_t out, std::int64_t stride) {
  ValueId shortcut = input;
  if (stride == 2) {
    shortcut = net.AvgPool(path + ".proj.0", shortcut, {.kernel = 3, .stride = 2, .padding = 1});
    shortcut = net.Conv(path + ".proj.1", shortcut, in, out, {});
  }
  const std::int64_t hidden = 4 * out;
  const std::string layers = path + ".layers.";
  ValueId x = net.BatchNorm(layers + "pre_norm", input, in);
  x = ConvNormGelu(net, layers + "conv_a", x, in, hidden, {});
  x = ConvNormGelu(net, layers + "conv_b", x, hidden, hidden,
                   {.kernel = 3, .stride = stride, .groups = hidden});
  x = SqueezeExcite(net, layers + "squeeze_excitation", x, hidden,
                    {.squeezed = out / 4, .activation = Activation::kSilu});
  x = net.Conv(layers + "conv_c", x, hidden, out, {});
  return net.Add(path + ".add", shortcut, x, false);
}

ValueId Attention(ZooBuilder& net, const std::string& path, ValueId tokens, std::int64_t width) {
  const WindowAttention attention = {.width = width,
                                     .heads = width / kHeadWidth,
                                     .qkv = path + ".to_qkv",
                                     .proj = path + ".merge",
                                     .path = path};
  const Heads heads = SplitHeads(net, attention, tokens);
  const ValueId keys = net.Scale(path + ".scale", heads.keys);
  const ValueId scores = net.MatMul(path + ".scores", heads.queries, keys);
  const ValueId table =
      RelativeBiasTable(net, path + ".relative_position_bias_table", kWindows, attention.heads);
  return Attend(net, attention,
                AddRelativeBias(net, path + ".relative_position_bias", scores, table),
                heads.values);
}

/// Attention and a perceptron within windows. Windows of neighbours and of a grid differ in which
/// tokens they hold, not in how many: the copies that make them cost the same.
ValueId PartitionAttention(ZooBuilder& net, const std::string& path, ValueId input,
                           std::int64_t width) {
  const ValueId image = net.Transpose(path + ".channels_last", input, {0, 2, 3, 1});
  ValueId x = CutWindows(net, path + ".partition_op", image, kWindows);
  ValueId y = net.LayerNorm(path + ".attn_layer.0", x, width);
  y = Attention(net, path + ".attn_layer.1", y, width);
  x = net.Add(path + ".add", x, y, false);
  y = net.LayerNorm(path + ".mlp_layer.0", x, width);
  y = net.Linear(path + ".mlp_layer.1", y, width, 4 * width);
  y = net.Activate(path + ".mlp_layer.2", y, Activation::kGelu, false);
  y = net.Linear(path + ".mlp_layer.3", y, 4 * width, width);
  x = net.Add(path + ".add#2", x, y, false);
  x = JoinWindows(net, path + ".departition_op", x, image, kWindows);
  return net.Transpose(path + ".channels_first", x, {0, 3, 1, 2});
}

ValueId Classifier(ZooBuilder& net, ValueId x, std::int64_t width) {
  x = net.AdaptiveAvgPool("classifier.0", x, 1, 1);
  x = net.Flatten("classifier.1", x);
  x = net.LayerNorm("classifier.2", x, width);
  x = net.Linear("classifier.3", x, width, width);
  x = net.Tanh("classifier.4", x);
  return net.Linear("classifier.5", x, width, 1000, false);
}

}  // namespace

ValueId BuildMaxVitT(ZooBuilder& net) {
  std::int64_t in = 64;
  ValueId x = ConvNormGelu(net, "stem.0", net.input(), 3, in, {.kernel = 3, .stride = 2});
  x = net.Conv("stem.1.0", x, in, in, {.kernel = 3, .padding = 1});
  int block = 0;
  for (const Stage& stage : kStages) {
    for (int layer = 0; layer < stage.layers; ++layer) {
      const std::string path =
          "blocks." + std::to_string(block) + ".layers." + std::to_string(layer) + ".layers.";
      x = InvertedResidual(net, path + "MBconv", x, in, stage.channels, layer == 0 ? 2 : 1);
      x = PartitionAttention(net, path + "window_attention", x, stage.channels);
      x = PartitionAttention(net, path + "grid_attention", x, stage.channels);
      in = stage.channels;
    }
    ++block;
  }
  return Classifier(net, x, in);
}

}  // namespace joulecast
