// SPDX-License-Identifier: Apache-2.0
// BERT and RoBERTa: encoders with learned positions and LayerNorm behind each half of a block. The
// head is that of the config's first architecture: a pooler alone, masked words, or classes.
#include "base/text.h"
#include "formats/huggingface/huggingface.h"

namespace joulecast {
namespace {

enum class Head { kNone, kPooler, kMaskedWords, kClasses };

struct Encoder {
  bool is_roberta = false;
  std::int64_t hidden = 0;
  std::int64_t inner = 0;
  std::int64_t layers = 0;
  std::int64_t vocabulary = 0;
  std::int64_t positions = 0;
  std::int64_t token_types = 0;
  std::int64_t classes = 2;
  AttentionShape attention;
  std::string activation;
  Head head = Head::kPooler;
};

Head HeadOf(const ModelConfig& config) {
  const std::string architecture = config.Text("architectures").value_or("Model");
  for (const auto& [ending, head] : {std::pair("ForMaskedLM", Head::kMaskedWords),
                                     std::pair("ForSequenceClassification", Head::kClasses),
                                     std::pair("Model", Head::kPooler)}) {
    if (architecture.ends_with(ending)) return head;
  }
  config.Fail("architectures", Printable(architecture, 60) +
                                   " is none of ...Model, ...ForMaskedLM, "
                                   "...ForSequenceClassification");
}

Encoder ReadEncoder(const ModelConfig& config) {
  Encoder encoder{.is_roberta = config.Text("model_type") == "roberta",
                  .hidden = config.Count({"hidden_size"}),
                  .inner = config.Count({"intermediate_size"}),
                  .layers = config.Count({"num_hidden_layers"}),
                  .vocabulary = config.Count({"vocab_size"}),
                  .positions = config.Count({"max_position_embeddings"}),
                  .token_types = config.Count({"type_vocab_size"}),
                  .classes = config.OptionalCount("num_labels").value_or(2),
                  .activation = config.Text("hidden_act").value_or("gelu"),
                  .head = HeadOf(config)};
  const std::int64_t heads = config.Count({"num_attention_heads"});
  if (encoder.hidden % heads != 0) {
    config.Fail("num_attention_heads", std::to_string(heads) + " does not divide " +
                                           std::to_string(encoder.hidden) + " hidden_size");
  }
  encoder.attention = {
      .heads = heads, .kv_heads = heads, .head_size = encoder.hidden / heads, .is_causal = false};
  return encoder;
}

ValueId Embeddings(TransformerBuilder& net, const Encoder& encoder) {
  const std::string path = "embeddings";
  const ValueId words =
      net.Embedding(path + ".word_embeddings", net.TokenIds(), encoder.vocabulary, encoder.hidden);
  const ValueId types = net.Embedding(path + ".token_type_embeddings", net.TokenTypeIds(),
                                      encoder.token_types, encoder.hidden);
  const ValueId places = net.Embedding(path + ".position_embeddings", net.PositionIds(),
                                       encoder.positions, encoder.hidden);
  const ValueId both = net.Binary(path + ".plus_type", "Add", words, types);
  const ValueId all = net.Binary(path + ".plus_position", "Add", both, places);
  return net.LayerNorm(path + ".LayerNorm", all, encoder.hidden);
}

ValueId Block(TransformerBuilder& net, const Encoder& encoder, const std::string& path, ValueId x) {
  const std::int64_t width = encoder.hidden;
  const std::string attention = path + ".attention";
  const auto project = [&](const char* which) {
    return net.Linear(attention + ".self." + which, x, width, width, true);
  };
  const ValueId q = project("query");
  const ValueId k = project("key");
  const ValueId v = project("value");
  const ValueId mixed = net.Linear(
      attention + ".output.dense",
      net.SelfAttention(attention + ".attend", q, k, v, encoder.attention), width, width, true);
  const ValueId middle = net.LayerNorm(attention + ".output.LayerNorm",
                                       net.Binary(attention + ".plus", "Add", mixed, x), width);
  const ValueId inner =
      net.Linear(path + ".intermediate.dense", middle, width, encoder.inner, true);
  const ValueId active = net.Activation(path + ".intermediate.act", inner, encoder.activation);
  const ValueId changed = net.Linear(path + ".output.dense", active, encoder.inner, width, true);
  return net.LayerNorm(path + ".output.LayerNorm",
                       net.Binary(path + ".plus", "Add", changed, middle), width);
}

ValueId MaskedWords(TransformerBuilder& net, const Encoder& encoder, ValueId x) {
  const std::string path = encoder.is_roberta ? "lm_head" : "cls.predictions";
  x = net.Linear(path + ".dense", x, encoder.hidden, encoder.hidden, true);
  x = net.Activation(path + ".act", x, encoder.activation);
  x = net.LayerNorm(path + ".LayerNorm", x, encoder.hidden);
  return net.Linear(path + ".decoder", x, encoder.hidden, encoder.vocabulary, true,
                    "embeddings.word_embeddings");
}

/// BERT's classifier stands behind the pooler; RoBERTa brings a dense layer of its own.
ValueId Pooled(TransformerBuilder& net, const Encoder& encoder, ValueId x, bool classifies) {
  const std::string path = classifies && encoder.is_roberta ? "classifier" : "pooler";
  x = net.Pick("first_token", x);
  x = net.Linear(path + ".dense", x, encoder.hidden, encoder.hidden, true);
  x = net.Activation(path + ".activation", x, "tanh");
  if (!classifies) return x;
  const std::string out = encoder.is_roberta ? "classifier.out_proj" : "classifier";
  return net.Linear(out, x, encoder.hidden, encoder.classes, true);
}

LanguageModel Build(const ModelConfig& config, const std::string& name) {
  const Encoder encoder = ReadEncoder(config);
  TransformerBuilder net(name, DTypeOf(config), Pass::kPrefill);
  ValueId x = Embeddings(net, encoder);
  for (std::int64_t i = 0; i < encoder.layers; ++i) {
    x = Block(net, encoder, "encoder.layer." + std::to_string(i), x);
  }
  x = encoder.head == Head::kMaskedWords ? MaskedWords(net, encoder, x)
                                         : Pooled(net, encoder, x, encoder.head == Head::kClasses);
  // RoBERTa's positions begin behind its padding index.
  const std::int64_t reserved = encoder.is_roberta ? 2 : 0;
  return {.prefill = net.Finish({x}),
          .decode = std::nullopt,
          .prefill_generates = false,
          .max_positions = encoder.positions - reserved};
}

}  // namespace

const LanguageFamily kBertFamily = {.model_types = "bert roberta", .build = Build};

}  // namespace joulecast
