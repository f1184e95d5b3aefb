// SPDX-License-Identifier: Apache-2.0
// GPT-2: learned positions, LayerNorm before each half of a block, one projection for queries, keys
// and values, embeddings tied to the output.
#include "formats/huggingface/huggingface.h"

namespace joulecast {
namespace {

struct Decoder {
  std::int64_t width = 0;
  std::int64_t inner = 0;
  std::int64_t layers = 0;
  std::int64_t vocabulary = 0;
  std::int64_t positions = 0;
  AttentionShape attention;
  std::string activation;
};

Decoder ReadDecoder(const ModelConfig& config) {
  Decoder decoder{.width = config.Count({"n_embd", "hidden_size"}),
                  .layers = config.Count({"n_layer", "num_hidden_layers"}),
                  .vocabulary = config.Count({"vocab_size"}),
                  .positions = config.Count({"n_positions", "n_ctx", "max_position_embeddings"}),
                  .activation = config.Text("activation_function").value_or("gelu_new")};
  decoder.inner = config.OptionalCount("n_inner").value_or(4 * decoder.width);
  const std::int64_t heads = config.Count({"n_head", "num_attention_heads"});
  if (decoder.width % heads != 0) {
    config.Fail("n_head", std::to_string(heads) + " does not divide " +
                              std::to_string(decoder.width) + " n_embd");
  }
  decoder.attention = {.heads = heads, .kv_heads = heads, .head_size = decoder.width / heads};
  return decoder;
}

ValueId Block(TransformerBuilder& net, const Decoder& decoder, const std::string& path, ValueId x) {
  const std::int64_t width = decoder.width;
  const ValueId normed = net.LayerNorm(path + ".ln_1", x, width);
  const ValueId qkv = net.Linear(path + ".attn.c_attn", normed, width, 3 * width, true);
  const std::vector<ValueId> parts = net.Split(path + ".attn.split", qkv, 3);
  const ValueId attended =
      net.SelfAttention(path + ".attn.attend", parts[0], parts[1], parts[2], decoder.attention);
  const ValueId mixed = net.Linear(path + ".attn.c_proj", attended, width, width, true);
  const ValueId middle = net.Binary(path + ".plus_attention", "Add", x, mixed);
  const ValueId inner = net.Linear(path + ".mlp.c_fc", net.LayerNorm(path + ".ln_2", middle, width),
                                   width, decoder.inner, true);
  const ValueId active = net.Activation(path + ".mlp.act", inner, decoder.activation);
  const ValueId changed = net.Linear(path + ".mlp.c_proj", active, decoder.inner, width, true);
  return net.Binary(path + ".plus_mlp", "Add", middle, changed);
}

Graph BuildPass(const Decoder& decoder, const std::string& name, DType dtype, Pass pass) {
  TransformerBuilder net(name, dtype, pass);
  const ValueId tokens =
      net.Embedding("transformer.wte", net.TokenIds(), decoder.vocabulary, decoder.width);
  const ValueId places =
      net.Embedding("transformer.wpe", net.PositionIds(), decoder.positions, decoder.width);
  ValueId x = net.Binary("transformer.plus_position", "Add", tokens, places);
  for (std::int64_t i = 0; i < decoder.layers; ++i) {
    x = Block(net, decoder, "transformer.h." + std::to_string(i), x);
  }
  x = net.LayerNorm("transformer.ln_f", x, decoder.width);
  if (pass == Pass::kPrefill) x = net.LastPosition("last_token", x);
  return net.Finish(
      {net.Linear("lm_head", x, decoder.width, decoder.vocabulary, false, "transformer.wte")});
}

LanguageModel Build(const ModelConfig& config, const std::string& name) {
  const Decoder decoder = ReadDecoder(config);
  const DType dtype = DTypeOf(config);
  return {.prefill = BuildPass(decoder, name, dtype, Pass::kPrefill),
          .decode = BuildPass(decoder, name, dtype, Pass::kDecode),
          .training = BuildPass(decoder, name, dtype, Pass::kTraining),
          .max_positions = decoder.positions};
}

}  // namespace

const LanguageFamily kGpt2Family = {.model_types = "gpt2", .build = Build};

}  // namespace joulecast
