// SPDX-License-Identifier: Apache-2.0
#include "formats/huggingface/huggingface.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "base/temporary_folder.h"
#include "formats/load_model.h"
#include "joulecast/error.h"
#include "joulecast/generation.h"
#include "joulecast/layer.h"

namespace joulecast {
namespace {

using testing::HasSubstr;

/// What a published model's config.json says, and its published number of parameters.
struct Published {
  const char* name;
  std::int64_t params;
  const char* config;
};

constexpr const char* kLlama2 = R"({"model_type": "llama", "hidden_size": 4096,
  "intermediate_size": 11008, "num_hidden_layers": 32, "num_attention_heads": 32,
  "num_key_value_heads": 32, "vocab_size": 32000, "max_position_embeddings": 4096,
  "tie_word_embeddings": false, "hidden_act": "silu", "torch_dtype": "float16"})";

constexpr const char* kGpt2 = R"({"model_type": "gpt2", "n_embd": 768, "n_layer": 12,
  "n_head": 12, "n_positions": 1024, "vocab_size": 50257, "activation_function": "gelu_new"})";

constexpr const char* kBert = R"({"model_type": "bert", "architectures": ["BertModel"],
  "hidden_size": 768, "intermediate_size": 3072, "num_hidden_layers": 12,
  "num_attention_heads": 12, "vocab_size": 30522, "max_position_embeddings": 512,
  "type_vocab_size": 2, "hidden_act": "gelu"})";

constexpr const char* kT5Small = R"({"model_type": "t5", "d_model": 512, "d_ff": 2048,
  "d_kv": 64, "num_heads": 8, "num_layers": 6, "vocab_size": 32128,
  "relative_attention_num_buckets": 32})";

// As the model cards on the Hugging Face hub count them, each tied weight once.
constexpr Published kPublished[] = {
    {"Llama-2-7b", 6'738'415'616, kLlama2},
    {"Llama-3-8B", 8'030'261'248, R"({"model_type": "llama", "hidden_size": 4096,
      "intermediate_size": 14336, "num_hidden_layers": 32, "num_attention_heads": 32,
      "num_key_value_heads": 8, "vocab_size": 128256, "torch_dtype": "bfloat16"})"},
    {"Mistral-7B-v0.1", 7'241'732'096, R"({"model_type": "mistral", "hidden_size": 4096,
      "intermediate_size": 14336, "num_hidden_layers": 32, "num_attention_heads": 32,
      "num_key_value_heads": 8, "vocab_size": 32000, "sliding_window": 4096})"},
    {"Mixtral-8x7B-v0.1", 46'702'792'704, R"({"model_type": "mixtral", "hidden_size": 4096,
      "intermediate_size": 14336, "num_hidden_layers": 32, "num_attention_heads": 32,
      "num_key_value_heads": 8, "vocab_size": 32000, "num_local_experts": 8,
      "num_experts_per_tok": 2, "sliding_window": null})"},
    {"Qwen2-0.5B", 494'032'768, R"({"model_type": "qwen2", "hidden_size": 896,
      "intermediate_size": 4864, "num_hidden_layers": 24, "num_attention_heads": 14,
      "num_key_value_heads": 2, "vocab_size": 151936, "tie_word_embeddings": true,
      "use_sliding_window": false, "sliding_window": 131072})"},
    {"Qwen1.5-MoE-A2.7B", 14'315'784'192, R"({"model_type": "qwen2_moe", "hidden_size": 2048,
      "intermediate_size": 5632, "num_hidden_layers": 24, "num_attention_heads": 16,
      "num_key_value_heads": 16, "vocab_size": 151936, "num_experts": 60,
      "num_experts_per_tok": 4, "moe_intermediate_size": 1408,
      "shared_expert_intermediate_size": 5632, "decoder_sparse_step": 1})"},
    {"Qwen3-8B", 8'190'735'360, R"({"model_type": "qwen3", "hidden_size": 4096,
      "intermediate_size": 12288, "num_hidden_layers": 36, "num_attention_heads": 32,
      "num_key_value_heads": 8, "head_dim": 128, "vocab_size": 151936})"},
    {"Qwen3-30B-A3B", 30'532'122'624, R"({"model_type": "qwen3_moe", "hidden_size": 2048,
      "intermediate_size": 6144, "num_hidden_layers": 48, "num_attention_heads": 32,
      "num_key_value_heads": 4, "head_dim": 128, "vocab_size": 151936, "num_experts": 128,
      "num_experts_per_tok": 8, "moe_intermediate_size": 768})"},
    {"gpt2", 124'439'808, kGpt2},
    {"gpt2-xl", 1'557'611'200, R"({"model_type": "gpt2", "n_embd": 1600, "n_layer": 48,
      "n_head": 25, "n_ctx": 1024, "vocab_size": 50257})"},
    {"bert-base-uncased", 109'482'240, kBert},
    {"roberta-base", 124'645'632, R"({"model_type": "roberta", "architectures": ["RobertaModel"],
      "hidden_size": 768, "intermediate_size": 3072, "num_hidden_layers": 12,
      "num_attention_heads": 12, "vocab_size": 50265, "max_position_embeddings": 514,
      "type_vocab_size": 1})"},
    {"t5-small", 60'506'624, kT5Small},
    {"flan-t5-base", 247'577'856, R"({"model_type": "t5", "d_model": 768, "d_ff": 2048,
      "d_kv": 64, "num_heads": 12, "num_layers": 12, "num_decoder_layers": 12,
      "vocab_size": 32128, "feed_forward_proj": "gated-gelu", "tie_word_embeddings": false})"},
};

LanguageModel Read(const char* config) { return ReadLanguageModel(config, "config.json", "m"); }

LayeredModel Prefill(const LanguageModel& model, std::int64_t prompt) {
  return Resolve(model.prefill, {.batch = 1, .shapes = {{"prompt", {prompt}}}});
}

LayeredModel Step(const LanguageModel& model, std::int64_t past) {
  return Resolve(*model.decode, {.batch = 1, .shapes = {{"past", {past}}}});
}

std::string ErrorOf(const char* config) {
  try {
    Read(config);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInput);
    return error.what();
  }
  return "no error";
}

class PublishedModelTest : public testing::TestWithParam<Published> {};

TEST_P(PublishedModelTest, HasItsPublishedParameters) {
  EXPECT_EQ(Read(GetParam().config).Params(), GetParam().params);
}

TEST_P(PublishedModelTest, EveryNodeOfEveryPassIsKnownAndCountsTheSameParameters) {
  const LanguageModel model = Read(GetParam().config);
  for (const LayeredModel& pass :
       {Prefill(model, 32),
        model.decode
            ? Resolve(
                  *model.decode,
                  model.prefill_generates
                      ? InputBinding{.shapes = {{"past", {32}}}}
                      : InputBinding{.shapes = {{"past", {3}}, {"context", {4}}, {"prompt", {32}}}})
            : Prefill(model, 7)}) {
    for (const Layer& layer : pass.layers) {
      EXPECT_TRUE(layer.spec.has_value()) << layer.name << " " << layer.op << ": " << layer.note;
    }
    EXPECT_THAT(pass.warnings, testing::IsEmpty());
    if (model.prefill_generates || !model.decode) {
      EXPECT_EQ(pass.TotalWork().params, GetParam().params);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, PublishedModelTest, testing::ValuesIn(kPublished),
                         [](const auto& test) {
                           std::string name = test.param.name;
                           std::erase_if(name, [](char c) { return std::isalnum(c) == 0; });
                           return name;
                         });

TEST(LanguageModelTest, ALlamaTokenTakesItsMatricesAndItsLookBack) {
  // Matrices: 32 (4 x 4096^2 + 3 x 4096 x 11008) + 32000 x 4096 = 6,607,077,376 MACs: what is
  // published as "2 x parameters" FLOPs, without the embedding's rows. Attention: scores and
  // mixture over 101 positions, 32 x 2 x 4096 x 101.
  const LayeredModel step = Step(Read(kLlama2), 100);
  EXPECT_EQ(step.TotalWork().macs, 6'607'077'376 + 32LL * 2 * 4096 * 101);
}

TEST(LanguageModelTest, APromptTakesAsManyTokensButOneLastRow) {
  const LayeredModel prefill = Prefill(Read(kLlama2), 100);
  const std::int64_t matrices = 32LL * (4 * 4096LL * 4096 + 3LL * 4096 * 11008);
  EXPECT_EQ(prefill.TotalWork().macs,
            100 * matrices + 32000LL * 4096 + 32LL * 2 * 4096 * 100 * 100);
}

TEST(LanguageModelTest, GroupedQueriesShareKeysAndValues) {
  // 8 of 32 heads have keys and values: 2 x 4096 x 1024 in place of 2 x 4096 x 4096.
  const LanguageModel model = Read(kPublished[1].config);
  const LayeredModel step = Step(model, 10);
  const std::int64_t block = 2 * 4096LL * 4096 + 2 * 4096LL * 1024 + 3 * 4096LL * 14336;
  EXPECT_EQ(step.TotalWork().macs, 32 * block + 128256LL * 4096 + 32LL * 2 * 4096 * 11);
}

TEST(LanguageModelTest, AMixtureRunsItsActiveExpertsOnly) {
  const LayeredModel step = Step(Read(kPublished[3].config), 0 + 1);
  const std::int64_t attention = 2 * 4096LL * 4096 + 2 * 4096LL * 1024;
  const std::int64_t experts = 2 * 3 * 4096LL * 14336 + 8 * 4096LL;
  EXPECT_EQ(step.TotalWork().macs,
            32 * (attention + experts) + 32000LL * 4096 + 32LL * 2 * 4096 * 2);
}

TEST(LanguageModelTest, WeightsHaveTheConfigsElementType) {
  EXPECT_EQ(Step(Read(kLlama2), 1).layers.back().spec->Get("dtype"),
            static_cast<std::int64_t>(DType::kF16));
  EXPECT_EQ(Step(Read(kGpt2), 1).layers.back().spec->Get("dtype"),
            static_cast<std::int64_t>(DType::kF32));
}

TEST(LanguageModelTest, MissingAndContradictoryFieldsAreNamed) {
  EXPECT_THAT(ErrorOf(R"({"hidden_size": 8})"), HasSubstr("model_type: it is missing"));
  EXPECT_THAT(ErrorOf(R"({"model_type": "rwkv"})"), HasSubstr("'rwkv' is not known"));
  EXPECT_THAT(ErrorOf(R"({"model_type": "llama"})"), HasSubstr("hidden_size is missing"));
  EXPECT_THAT(ErrorOf(R"({"model_type": "gpt2", "n_embd": 768})"),
              HasSubstr("n_layer or num_hidden_layers is missing"));
  EXPECT_THAT(ErrorOf(R"({"model_type": "gpt2", "n_embd": 100, "n_layer": 1, "n_head": 3,
                          "n_ctx": 8, "vocab_size": 10})"),
              HasSubstr("n_head: 3 does not divide 100 n_embd"));
  const auto llama = [](const std::string& more) {
    const std::string text =
        R"({"model_type": "llama", "hidden_size": 64, "intermediate_size": 8,
            "num_hidden_layers": 1, "vocab_size": 10, )" +
        more + "}";
    return ErrorOf(text.c_str());
  };
  EXPECT_THAT(llama(R"("num_attention_heads": 4, "num_key_value_heads": 3)"),
              HasSubstr("num_key_value_heads: 3 does not divide 4"));
  EXPECT_THAT(llama(R"("num_attention_heads": 7)"), HasSubstr("does not divide 64 hidden_size"));
  EXPECT_THAT(llama(R"("num_attention_heads": 4, "num_experts": 4, "num_experts_per_tok": 5)"),
              HasSubstr("num_experts_per_tok: 5 of only 4 experts"));
  EXPECT_THAT(llama(R"("num_attention_heads": 4, "torch_dtype": "int3")"),
              HasSubstr("torch_dtype: 'int3' is none of"));
  EXPECT_THAT(llama(R"("num_attention_heads": 4, "hidden_act": "sparkle")"),
              HasSubstr("activation 'sparkle'"));
  for (const char* bad : {"-1", "0", "1.5", "1e30", "\"many\"", "true", "[]", "{}"}) {
    EXPECT_THAT(llama(R"("num_attention_heads": )" + std::string(bad)),
                HasSubstr("num_attention_heads"))
        << bad;
  }
}

TEST(LanguageModelTest, CountsThatWouldFillTheMemoryAreRefused) {
  constexpr const char* kRest = R"("model_type": "llama", "intermediate_size": 8, "vocab_size": 8)";
  const auto read = [&](const std::string& sizes) {
    ReadLanguageModel(std::string("{") + kRest + sizes + "}", "config.json", "huge");
  };
  EXPECT_NO_THROW(
      read(R"(, "hidden_size": 8, "num_attention_heads": 2, "num_hidden_layers": 200)"));
  EXPECT_THROW(
      read(R"(, "hidden_size": 8, "num_attention_heads": 2, "num_hidden_layers": 2147483648)"),
      Error);
  EXPECT_THROW(
      read(R"(, "hidden_size": 2147483648, "num_attention_heads": 1, "num_hidden_layers": 1)"),
      Error);
}

TEST(LanguageModelTest, WhatIsNoJsonObjectIsRefused) {
  for (const std::string& text :
       {std::string(), std::string("{"), std::string("[1]"), std::string("null"),
        std::string("\xff\xfe"), std::string(100'000, '['),
        R"({"a":)" + std::string(99'999, '{')}) {
    EXPECT_THROW(ReadLanguageModel(text, "config.json", "m"), Error) << text.substr(0, 20);
  }
}

TEST(LanguageModelTest, AFolderWithAConfigIsAModelOfItsName) {
  const TemporaryFolder folder;
  const std::filesystem::path model = folder.path() / "My-GPT";
  std::filesystem::create_directory(model);
  std::ofstream(model / "config.json") << kGpt2;
  EXPECT_EQ(LoadLanguageModel(model.string())->prefill.name, "My-GPT");
  EXPECT_EQ(LoadModel((model / "config.json").string()).name, "My-GPT");
  EXPECT_FALSE(LoadLanguageModel((model / "absent.json").string()));
  EXPECT_FALSE(LoadLanguageModel("resnet50"));
}

}  // namespace
}  // namespace joulecast
