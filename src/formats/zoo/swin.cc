// SPDX-License-Identifier: Apache-2.0
// Swin as in torchvision: Z. Liu et al., arXiv 2103.14030, and its version 2, arXiv 2111.09883,
// which compares directions (queries and keys of length one), normalises behind each part instead
// of before, and lets a small network say the relative biases. PyTorch runs that one in each
// forward pass, whatever the batch.
#include "formats/zoo/blocks.h"
#include "formats/zoo/windows.h"

namespace joulecast {
namespace {

struct Config {
  std::int64_t width;  ///< of the first stage; each next one has twice as much
  int depths[4];       ///< blocks in each stage
  std::int64_t heads;  ///< of the first stage
  bool is_v2 = false;

  std::int64_t window() const { return is_v2 ? 8 : 7; }
};

struct Block {
  std::string path;
  std::int64_t width;
  std::int64_t heads;
  Windows windows;
  bool is_v2;
};

/// The biases of version 2: coordinates of each offset through two layers and a sigmoid.
ValueId ComputedBiasTable(ZooBuilder& net, const std::string& path, const Block& block) {
  const std::int64_t offsets = 2 * block.windows.size - 1;
  ValueId x = net.Weight(path + ".relative_coords_table", {offsets * offsets, 2});
  x = net.Linear(path + ".cpb_mlp.0", x, 2, 512);
  x = net.Relu(path + ".cpb_mlp.1", x, true);
  x = net.Linear(path + ".cpb_mlp.2", x, 512, block.heads, false);
  x = net.Activate(path + ".bias_sigmoid", x, Activation::kSigmoid, false);
  return net.Scale(path + ".bias_scale", x);
}

ValueId ScaledScores(ZooBuilder& net, const std::string& path, const Block& block,
                     const Heads& heads) {
  const ValueId queries = net.Scale(path + ".scale", heads.queries);
  const ValueId scores = net.MatMul(path + ".scores", queries, heads.keys);
  return AddRelativeBias(
      net, path + ".relative_position_bias", scores,
      RelativeBiasTable(net, path + ".relative_position_bias_table", block.windows, block.heads));
}

/// Cosines, each head's by a factor of its own; its clamp and exponential are a few numbers.
ValueId CosineScores(ZooBuilder& net, const std::string& path, const Block& block,
                     const Heads& heads) {
  const ValueId queries = net.Normalize(path + ".normalize_q", heads.queries, -1);
  const ValueId keys = net.Normalize(path + ".normalize_k", heads.keys, -2);
  const ValueId cosines = net.MatMul(path + ".scores", queries, keys);
  const ValueId scores = net.Mul(path + ".logit_scale", cosines,
                                 net.Weight(path + ".logit_scale", {block.heads, 1, 1}));
  return AddRelativeBias(net, path + ".relative_position_bias", scores,
                         ComputedBiasTable(net, path, block));
}

ValueId Attention(ZooBuilder& net, const Block& block, ValueId image) {
  const std::string path = block.path + ".attn";
  const WindowAttention attention = {.width = block.width,
                                     .heads = block.heads,
                                     .qkv = path + ".qkv",
                                     .proj = path + ".proj",
                                     .path = path};
  const ValueId tokens = CutWindows(net, path + ".partition", image, block.windows);
  const Heads heads = SplitHeads(net, attention, tokens);
  ValueId scores =
      block.is_v2 ? CosineScores(net, path, block, heads) : ScaledScores(net, path, block, heads);
  if (block.windows.shift > 0) {
    scores = AddWindowMask(net, path + ".mask", scores, image, block.windows);
  }
  const ValueId x = Attend(net, attention, scores, heads.values);
  return JoinWindows(net, path + ".reverse", x, image, block.windows);
}

ValueId SwinBlock(ZooBuilder& net, const Block& block, ValueId x) {
  const std::string& path = block.path;
  const auto norm = [&](const char* name, ValueId y) {
    return net.LayerNorm(path + name, y, block.width);
  };
  ValueId y = block.is_v2 ? norm(".norm1", Attention(net, block, x))
                          : Attention(net, block, norm(".norm1", x));
  x = net.Add(path + ".add", x, y, false);
  const auto mlp = [&](ValueId z) {
    return Mlp(net, path + ".mlp", z, block.width, 4 * block.width);
  };
  y = block.is_v2 ? norm(".norm2", mlp(x)) : mlp(norm(".norm2", x));
  return net.Add(path + ".add#2", x, y, false);
}

/// Half the height and width, twice the channels.
ValueId Downsample(ZooBuilder& net, const std::string& path, ValueId x, std::int64_t width,
                   bool is_v2) {
  x = net.Append("MergePatches", path + ".merge", {x}, {}, "joulecast");
  if (!is_v2) x = net.LayerNorm(path + ".norm", x, 4 * width);
  x = net.Linear(path + ".reduction", x, 4 * width, 2 * width, false);
  return is_v2 ? net.LayerNorm(path + ".norm", x, 2 * width) : x;
}

ValueId Build(ZooBuilder& net, const Config& config) {
  std::int64_t width = config.width;
  std::int64_t heads = config.heads;
  ValueId x = net.Conv("features.0.0", net.input(), 3, width, {.kernel = 4, .stride = 4});
  x = net.Transpose("features.0.1", x, {0, 2, 3, 1});
  x = net.LayerNorm("features.0.2", x, width);
  for (int stage = 0; stage < 4; ++stage) {
    const std::string path = "features." + std::to_string(2 * stage + 1) + ".";
    for (int i = 0; i < config.depths[stage]; ++i) {
      const std::int64_t shift = i % 2 == 0 ? 0 : config.window() / 2;
      x = SwinBlock(net,
                    {.path = path + std::to_string(i),
                     .width = width,
                     .heads = heads,
                     .windows = {.size = config.window(), .shift = shift, .pads = true},
                     .is_v2 = config.is_v2},
                    x);
    }
    if (stage == 3) break;
    x = Downsample(net, "features." + std::to_string(2 * stage + 2), x, width, config.is_v2);
    width *= 2;
    heads *= 2;
  }
  x = net.LayerNorm("norm", x, width);
  x = net.Transpose("permute", x, {0, 3, 1, 2});
  x = net.AdaptiveAvgPool("avgpool", x, 1, 1);
  x = net.Flatten("flatten", x);
  return net.Linear("head", x, width, 1000);
}

}  // namespace

ValueId BuildSwinT(ZooBuilder& net) { return Build(net, {96, {2, 2, 6, 2}, 3}); }
ValueId BuildSwinS(ZooBuilder& net) { return Build(net, {96, {2, 2, 18, 2}, 3}); }
ValueId BuildSwinB(ZooBuilder& net) { return Build(net, {128, {2, 2, 18, 2}, 4}); }
ValueId BuildSwinV2T(ZooBuilder& net) { return Build(net, {96, {2, 2, 6, 2}, 3, true}); }
ValueId BuildSwinV2S(ZooBuilder& net) { return Build(net, {96, {2, 2, 18, 2}, 3, true}); }
ValueId BuildSwinV2B(ZooBuilder& net) { return Build(net, {128, {2, 2, 18, 2}, 4, true}); }

}  // namespace joulecast
