// SPDX-License-Identifier: Apache-2.0
// T5: an encoder over the prompt, and a decoder that looks at itself and at the encoder. Positions
// are a learned bias of the scores, held by the first block of each side. The prompt's pass is the
// encoder with the keys and values that the decoder will look at; a further pass is one token.
#include "formats/huggingface/huggingface.h"

namespace joulecast {
namespace {

struct Model {
  std::int64_t width = 0;
  std::int64_t inner = 0;
  std::int64_t encoder_layers = 0;
  std::int64_t decoder_layers = 0;
  std::int64_t vocabulary = 0;
  std::int64_t buckets = 32;
  AttentionShape attention;
  bool is_gated = false;
  bool ties_embeddings = true;
  std::string activation;

  std::int64_t projected() const { return attention.heads * attention.head_size; }
};

Model ReadModel(const ModelConfig& config) {
  Model model{.width = config.Count({"d_model"}),
              .inner = config.Count({"d_ff"}),
              .encoder_layers = config.Count({"num_layers"}),
              .vocabulary = config.Count({"vocab_size"}),
              .buckets = config.OptionalCount("relative_attention_num_buckets").value_or(32),
              .ties_embeddings = config.Flag("tie_word_embeddings", true),
              .activation = config.Text("feed_forward_proj").value_or("relu")};
  model.decoder_layers = config.OptionalCount("num_decoder_layers").value_or(model.encoder_layers);
  const std::int64_t heads = config.Count({"num_heads"});
  model.attention = {
      .heads = heads, .kv_heads = heads, .head_size = config.Count({"d_kv"}), .is_causal = false};
  constexpr std::string_view kGated = "gated-";
  model.is_gated = model.activation.starts_with(kGated);
  if (model.is_gated) model.activation.erase(0, kGated.size());
  if (model.is_gated && model.activation == "gelu") model.activation = "gelu_new";
  return model;
}

ValueId FeedForward(TransformerBuilder& net, const Model& model, const std::string& path,
                    ValueId x) {
  const std::string dense = path + ".DenseReluDense";
  const ValueId normed = net.RmsNorm(path + ".layer_norm", x, model.width);
  const std::string first = model.is_gated ? ".wi_0" : ".wi";
  ValueId inner = net.Activation(dense + ".act",
                                 net.Linear(dense + first, normed, model.width, model.inner, false),
                                 model.activation);
  if (model.is_gated) {
    const ValueId other = net.Linear(dense + ".wi_1", normed, model.width, model.inner, false);
    inner = net.Binary(dense + ".gated", "Mul", inner, other);
  }
  const ValueId y = net.Linear(dense + ".wo", inner, model.inner, model.width, false);
  return net.Binary(path + ".plus", "Add", x, y);
}

ValueId Projected(TransformerBuilder& net, const Model& model, const std::string& path, ValueId x) {
  return net.Linear(path, x, model.width, model.projected(), false);
}

ValueId SelfAttend(TransformerBuilder& net, const Model& model, const std::string& path, ValueId x,
                   ValueId bias) {
  const std::string attention = path + ".SelfAttention";
  const ValueId normed = net.RmsNorm(path + ".layer_norm", x, model.width);
  const ValueId q = Projected(net, model, attention + ".q", normed);
  const ValueId k = Projected(net, model, attention + ".k", normed);
  const ValueId v = Projected(net, model, attention + ".v", normed);
  const ValueId mixed = net.SelfAttention(attention + ".attend", q, k, v, model.attention, bias);
  return net.Binary(path + ".plus", "Add", x,
                    net.Linear(attention + ".o", mixed, model.projected(), model.width, false));
}

/// Scores' bias [1, heads, queries, keys], looked up by the bucket of each distance.
ValueId PositionBias(TransformerBuilder& net, const Model& model, const std::string& side,
                     ValueId buckets) {
  const std::string path = side + ".block.0.layer.0.SelfAttention.relative_attention_bias";
  return net.HeadsFirst(path + ".heads_first",
                        net.Embedding(path, buckets, model.buckets, model.attention.heads));
}

/// The encoder, and the keys and values of its result for each block of the decoder.
Graph BuildEncoder(const Model& model, const std::string& name, DType dtype) {
  TransformerBuilder net(name, dtype, Pass::kPrefill);
  ValueId x = net.Embedding("shared", net.TokenIds(), model.vocabulary, model.width);
  const ValueId bias =
      PositionBias(net, model, "encoder",
                   net.Input("encoder.position_buckets", {net.Tokens(), net.Tokens()}, true));
  for (std::int64_t i = 0; i < model.encoder_layers; ++i) {
    const std::string path = "encoder.block." + std::to_string(i) + ".layer.";
    x = FeedForward(net, model, path + "1", SelfAttend(net, model, path + "0", x, bias));
  }
  x = net.RmsNorm("encoder.final_layer_norm", x, model.width);
  std::vector<ValueId> kept;
  for (std::int64_t i = 0; i < model.decoder_layers; ++i) {
    const std::string path = "decoder.block." + std::to_string(i) + ".layer.1.EncDecAttention";
    kept.push_back(Projected(net, model, path + ".k", x));
    kept.push_back(Projected(net, model, path + ".v", x));
  }
  return net.Finish(std::move(kept));
}

ValueId CrossAttend(TransformerBuilder& net, const Model& model, const std::string& path,
                    ValueId x) {
  const std::string attention = path + ".EncDecAttention";
  const ValueId q =
      Projected(net, model, attention + ".q", net.RmsNorm(path + ".layer_norm", x, model.width));
  const auto kept = [&](const char* which) {
    return net.Input(attention + which,
                     {net.Batch(), net.Prompt(), {.size = model.projected(), .symbol = {}}});
  };
  const ValueId keys = kept(".keys");
  const ValueId values = kept(".values");
  const ValueId mixed = net.CrossAttention(attention + ".attend", q, keys, values, model.attention);
  return net.Binary(path + ".plus", "Add", x,
                    net.Linear(attention + ".o", mixed, model.projected(), model.width, false));
}

Graph BuildDecoder(const Model& model, const std::string& name, DType dtype) {
  TransformerBuilder net(name, dtype, Pass::kDecode);
  ValueId x = net.Embedding("shared", net.TokenIds(), model.vocabulary, model.width);
  const ValueId bias = PositionBias(
      net, model, "decoder",
      net.Input("decoder.position_buckets", {{.size = std::nullopt, .symbol = "context"}}, true));
  for (std::int64_t i = 0; i < model.decoder_layers; ++i) {
    const std::string path = "decoder.block." + std::to_string(i) + ".layer.";
    x = SelfAttend(net, model, path + "0", x, bias);
    x = FeedForward(net, model, path + "2", CrossAttend(net, model, path + "1", x));
  }
  x = net.RmsNorm("decoder.final_layer_norm", x, model.width);
  return net.Finish({net.Linear("lm_head", x, model.width, model.vocabulary, false,
                                model.ties_embeddings ? "shared" : "")});
}

LanguageModel Build(const ModelConfig& config, const std::string& name) {
  const Model model = ReadModel(config);
  const DType dtype = DTypeOf(config);
  return {.prefill = BuildEncoder(model, name, dtype),
          .decode = BuildDecoder(model, name, dtype),
          .prefill_generates = false};
}

}  // namespace

const LanguageFamily kT5Family = {.model_types = "t5 mt5", .build = Build};

}  // namespace joulecast
