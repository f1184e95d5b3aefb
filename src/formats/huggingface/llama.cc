// SPDX-License-Identifier: Apache-2.0
// Decoder-only models of LLaMA's shape: RMSNorm, rotary positions, grouped-query attention, a gated
// MLP; Mistral, Qwen2 and Qwen3 differ in biases and norms, Mixtral and the Qwen MoEs in the MLP.
// Modules are named as in Hugging Face transformers.
#include <algorithm>

#include "base/text.h"
#include "formats/huggingface/huggingface.h"

namespace joulecast {
namespace {

struct Mixture {
  std::int64_t experts = 0;
  std::int64_t active = 0;
  std::int64_t width = 0;         ///< of one expert
  std::int64_t shared_width = 0;  ///< of the expert that every token takes; 0: none
};

struct Decoder {
  std::int64_t hidden = 0;
  std::int64_t width = 0;  ///< of the dense MLP
  std::int64_t layers = 0;
  std::int64_t vocabulary = 0;
  AttentionShape attention;
  bool qkv_bias = false;
  bool output_bias = false;
  bool mlp_bias = false;
  bool norms_heads = false;  ///< RMSNorm of each head's queries and keys
  bool ties_embeddings = false;
  std::string activation;
  std::optional<Mixture> mixture;
};

AttentionShape ReadAttention(const ModelConfig& config, std::int64_t hidden) {
  AttentionShape attention{.heads = config.Count({"num_attention_heads"})};
  attention.kv_heads = config.OptionalCount("num_key_value_heads").value_or(attention.heads);
  if (attention.heads % attention.kv_heads != 0) {
    config.Fail("num_key_value_heads", std::to_string(attention.kv_heads) + " does not divide " +
                                           std::to_string(attention.heads) +
                                           " num_attention_heads");
  }
  const auto head_size = config.OptionalCount("head_dim");
  if (!head_size && hidden % attention.heads != 0) {
    config.Fail("num_attention_heads", std::to_string(attention.heads) + " does not divide " +
                                           std::to_string(hidden) +
                                           " hidden_size, and there is no head_dim");
  }
  attention.head_size = head_size.value_or(hidden / attention.heads);
  constexpr std::int64_t kMostHeadSize = 65536;  // the tables of angles are made for it
  if (attention.head_size > kMostHeadSize) {
    config.Fail(head_size ? "head_dim" : "hidden_size",
                "heads of " + std::to_string(attention.head_size) + " are larger than " +
                    std::to_string(kMostHeadSize));
  }
  return attention;
}

std::optional<Mixture> ReadMixture(const ModelConfig& config, std::int64_t width) {
  if (!config.OptionalCount("num_local_experts") && !config.OptionalCount("num_experts")) {
    return std::nullopt;
  }
  Mixture mixture{
      .experts = config.Count({"num_local_experts", "num_experts"}),
      .active = config.Count({"num_experts_per_tok"}),
      .width = config.OptionalCount("moe_intermediate_size").value_or(width),
      .shared_width = config.OptionalCount("shared_expert_intermediate_size").value_or(0)};
  if (mixture.active > mixture.experts) {
    config.Fail("num_experts_per_tok", std::to_string(mixture.active) + " of only " +
                                           std::to_string(mixture.experts) + " experts");
  }
  return mixture;
}

Decoder ReadDecoder(const ModelConfig& config) {
  const std::string type = *config.Text("model_type");
  const bool is_qwen2 = type == "qwen2" || type == "qwen2_moe";
  const bool is_qwen3 = type == "qwen3" || type == "qwen3_moe";
  const bool biased = config.Flag("attention_bias", false);
  Decoder decoder{.hidden = config.Count({"hidden_size"}),
                  .layers = config.Count({"num_hidden_layers"}),
                  .vocabulary = config.Count({"vocab_size"}),
                  .qkv_bias = is_qwen2 || biased,
                  .output_bias = biased,
                  .mlp_bias = config.Flag("mlp_bias", false),
                  .norms_heads = is_qwen3,
                  .ties_embeddings = config.Flag("tie_word_embeddings", false),
                  .activation = config.Text("hidden_act").value_or("silu")};
  decoder.width = config.Count({"intermediate_size"});
  decoder.attention = ReadAttention(config, decoder.hidden);
  decoder.mixture = ReadMixture(config, decoder.width);
  for (const std::string_view field : {"decoder_sparse_step", "first_k_dense_replace"}) {
    if (config.OptionalCount(field).value_or(1) != 1) {
      config.Fail(field, "models that mix dense and sparse layers are not read yet");
    }
  }
  return decoder;
}

ValueId Gated(TransformerBuilder& net, const Decoder& decoder, const std::string& path, ValueId x,
              std::int64_t width) {
  const ValueId gate = net.Linear(path + ".gate_proj", x, decoder.hidden, width, decoder.mlp_bias);
  const ValueId up = net.Linear(path + ".up_proj", x, decoder.hidden, width, decoder.mlp_bias);
  const ValueId active = net.Activation(path + ".act_fn", gate, decoder.activation);
  return net.Linear(path + ".down_proj", net.Binary(path + ".gated", "Mul", active, up), width,
                    decoder.hidden, decoder.mlp_bias);
}

ValueId Sparse(TransformerBuilder& net, const Decoder& decoder, const std::string& path,
               ValueId x) {
  const auto& [experts, active, width, shared_width] = *decoder.mixture;
  const ValueId scores = net.Linear(path + ".gate", x, decoder.hidden, experts, false);
  const ValueId weights = net.Router(path + ".router", scores, active);
  const std::string each = path + ".experts";
  const ValueId gate =
      net.Experts(each + ".gate_proj", x, experts, active, decoder.hidden, width, true);
  const ValueId up =
      net.Experts(each + ".up_proj", x, experts, active, decoder.hidden, width, true);
  const ValueId gated = net.Binary(each + ".gated", "Mul",
                                   net.Activation(each + ".act_fn", gate, decoder.activation), up);
  const ValueId down =
      net.Experts(each + ".down_proj", gated, experts, active, width, decoder.hidden, false);
  const ValueId sum = net.Combine(path + ".combine", down, weights);
  if (shared_width == 0) return sum;
  const ValueId shared = Gated(net, decoder, path + ".shared_expert", x, shared_width);
  const ValueId share =
      net.Unary(path + ".shared_expert_share", "Sigmoid",
                net.Linear(path + ".shared_expert_gate", x, decoder.hidden, 1, false));
  return net.Binary(path + ".plus_shared", "Add", sum,
                    net.Binary(path + ".shared_part", "Mul", share, shared));
}

/// Queries or keys: projected, normed head by head where the model does, turned by position.
ValueId Turned(TransformerBuilder& net, const Decoder& decoder, const std::string& path,
               const std::string& which, ValueId x, std::int64_t heads) {
  const std::int64_t size = decoder.attention.head_size;
  ValueId y =
      net.Linear(path + "." + which + "_proj", x, decoder.hidden, heads * size, decoder.qkv_bias);
  if (decoder.norms_heads) {
    y = net.Reshape(path + "." + which + "_heads", y, {0, 0, heads, size});
    y = net.RmsNorm(path + "." + which + "_norm", y, size);
    y = net.Reshape(path + "." + which + "_joined", y, {0, 0, heads * size});
  }
  return net.Rotary(path + ".rotary_" + which, y, heads, size);
}

ValueId Block(TransformerBuilder& net, const Decoder& decoder, const std::string& path, ValueId x) {
  const AttentionShape& shape = decoder.attention;
  const std::string attention = path + ".self_attn";
  const ValueId normed = net.RmsNorm(path + ".input_layernorm", x, decoder.hidden);
  const ValueId q = Turned(net, decoder, attention, "q", normed, shape.heads);
  const ValueId k = Turned(net, decoder, attention, "k", normed, shape.kv_heads);
  const ValueId v = net.Linear(attention + ".v_proj", normed, decoder.hidden,
                               shape.kv_heads * shape.head_size, decoder.qkv_bias);
  const ValueId mixed =
      net.Linear(attention + ".o_proj", net.SelfAttention(attention + ".attend", q, k, v, shape),
                 shape.heads * shape.head_size, decoder.hidden, decoder.output_bias);
  const ValueId middle = net.Binary(path + ".plus_attention", "Add", x, mixed);
  const ValueId inner = net.RmsNorm(path + ".post_attention_layernorm", middle, decoder.hidden);
  const ValueId changed = decoder.mixture
                              ? Sparse(net, decoder, path + ".mlp", inner)
                              : Gated(net, decoder, path + ".mlp", inner, decoder.width);
  return net.Binary(path + ".plus_mlp", "Add", middle, changed);
}

Graph BuildPass(const Decoder& decoder, const std::string& name, DType dtype, Pass pass) {
  TransformerBuilder net(name, dtype, pass);
  ValueId x =
      net.Embedding("model.embed_tokens", net.TokenIds(), decoder.vocabulary, decoder.hidden);
  for (std::int64_t i = 0; i < decoder.layers; ++i) {
    x = Block(net, decoder, "model.layers." + std::to_string(i), x);
  }
  x = net.RmsNorm("model.norm", x, decoder.hidden);
  if (pass == Pass::kPrefill) x = net.LastPosition("last_token", x);
  return net.Finish({net.Linear("lm_head", x, decoder.hidden, decoder.vocabulary, false,
                                decoder.ties_embeddings ? "model.embed_tokens" : "")});
}

LanguageModel Build(const ModelConfig& config, const std::string& name) {
  const Decoder decoder = ReadDecoder(config);
  const DType dtype = DTypeOf(config);
  LanguageModel model{.prefill = BuildPass(decoder, name, dtype, Pass::kPrefill),
                      .decode = BuildPass(decoder, name, dtype, Pass::kDecode),
                      .training = BuildPass(decoder, name, dtype, Pass::kTraining),
                      .max_positions = config.OptionalCount("max_position_embeddings")};
  if (config.Flag("use_sliding_window", true)) {
    model.window = config.OptionalCount("sliding_window");
  }
  return model;
}

}  // namespace

const LanguageFamily kLlamaFamily = {
    .model_types = "llama mistral mixtral qwen2 qwen2_moe qwen3 qwen3_moe", .build = Build};

}  // namespace joulecast
