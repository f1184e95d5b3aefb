// SPDX-License-Identifier: Apache-2.0
// Vision transformer as in torchvision: A. Dosovitskiy et al., arXiv 2010.11929. Its positions are
// stored for one size of image, and so it takes no other.
#include "formats/zoo/blocks.h"

namespace joulecast {
namespace {

constexpr std::int64_t kImageSide = 224;

struct Config {
  std::int64_t patch;  ///< pixels along each side of what becomes a token
  int layers;
  std::int64_t heads;
  std::int64_t width;
};

/// Queries, keys and values from one linear layer, then attention in one kernel, as PyTorch's
/// nn.MultiheadAttention runs it.
ValueId SelfAttention(ZooBuilder& net, const std::string& path, ValueId x, const Config& config) {
  const std::int64_t width = config.width;
  x = net.Linear(path + ".in_proj", x, width, 3 * width);
  const std::vector<ValueId> parts = net.Split(path + ".split", x, 2, 3);
  x = net.Append("Attention", path + ".attention", parts,
                 {{"q_num_heads", config.heads}, {"kv_num_heads", config.heads}});
  return net.Linear(path + ".out_proj", x, width, width);
}

ValueId EncoderLayer(ZooBuilder& net, const std::string& path, ValueId x, const Config& config) {
  ValueId y = net.LayerNorm(path + ".ln_1", x, config.width);
  y = SelfAttention(net, path + ".self_attention", y, config);
  x = net.Add(path + ".add", y, x, false);
  y = net.LayerNorm(path + ".ln_2", x, config.width);
  y = Mlp(net, path + ".mlp", y, config.width, 4 * config.width);
  return net.Add(path + ".add#2", x, y, false);
}

/// [batch, tokens, width]: the patches of the image behind a token for the class.
ValueId Tokens(ZooBuilder& net, const Config& config) {
  const std::int64_t width = config.width;
  const std::int64_t side = kImageSide / config.patch;
  ValueId x = net.Conv("conv_proj", net.input(), 3, width,
                       {.kernel = config.patch, .stride = config.patch});
  x = net.Reshape("reshape", x, {0, width, -1});
  x = net.Transpose("permute", x, {0, 2, 1});
  const ValueId token = net.Weight("class_token", {1, 1, width});
  x = net.Append("PrependToken", "cat", {token, x}, {}, "joulecast");
  const ValueId positions = net.Weight("encoder.pos_embedding", {1, side * side + 1, width});
  return net.Add("encoder.pos_embedding", x, positions, false);
}

ValueId Build(ZooBuilder& net, const Config& config) {
  ValueId x = Tokens(net, config);
  for (int i = 0; i < config.layers; ++i) {
    x = EncoderLayer(net, "encoder.layers.encoder_layer_" + std::to_string(i), x, config);
  }
  x = net.LayerNorm("encoder.ln", x, config.width);
  x = net.Select("select", x, 1, 0);
  return net.Linear("heads.head", x, config.width, 1000);
}

}  // namespace

ValueId BuildVitB16(ZooBuilder& net) { return Build(net, {16, 12, 12, 768}); }
ValueId BuildVitB32(ZooBuilder& net) { return Build(net, {32, 12, 12, 768}); }
ValueId BuildVitL16(ZooBuilder& net) { return Build(net, {16, 24, 16, 1024}); }
ValueId BuildVitL32(ZooBuilder& net) { return Build(net, {32, 24, 16, 1024}); }
ValueId BuildVitH14(ZooBuilder& net) { return Build(net, {14, 32, 16, 1280}); }

}  // namespace joulecast
