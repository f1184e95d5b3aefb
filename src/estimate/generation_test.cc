// SPDX-License-Identifier: Apache-2.0
#include "joulecast/generation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formats/huggingface/huggingface.h"
#include "joulecast/error.h"
#include "joulecast/profile.h"

namespace joulecast {
namespace {

/// Two blocks, 64 wide.
LanguageModel Small(const std::string& more = "") {
  return ReadLanguageModel(R"({"model_type": "llama", "hidden_size": 64, "intermediate_size": 128,
      "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
      "vocab_size": 1000, "max_position_embeddings": 256)" +
                               more + "}",
                           "config.json", "small");
}

class GenerationTest : public testing::Test {
 protected:
  GenerationEstimate Of(const LanguageModel& model, const GenerationRequest& request) const {
    return EstimateGeneration(model, request, predictor_);
  }

  /// MACs of one token's pass over `past` cached positions:
  /// 2 (64 (64 + 32 + 32 + 64) + 3 x 64 x 128) + 64 x 1000, and 2 x 2 x 64 for each position.
  static std::int64_t StepMacs(std::int64_t past) {
    return 2 * (64 * 192 + 3 * 64 * 128) + 64'000 + 2 * 2 * 64 * (past + 1);
  }

  Profile profile_ = LoadProfile(DefaultDevice());
  Predictor predictor_{profile_};
};

TEST_F(GenerationTest, TheFirstTokenComesFromThePromptTheOthersFromAPassEach) {
  const GenerationEstimate estimate = Of(Small(), {.prompt = 10, .generate = 3});
  EXPECT_EQ(estimate.prefill.passes, 1);
  EXPECT_EQ(estimate.decode->passes, 2);
  EXPECT_EQ(estimate.decode->macs, StepMacs(10) + StepMacs(11));
  EXPECT_FALSE(Of(Small(), {.prompt = 10, .generate = 1}).decode);
  EXPECT_FALSE(Of(Small(), {.prompt = 10, .generate = 0}).decode);
}

TEST_F(GenerationTest, LongGenerationsAreCountedExactlyThoughNotEveryPassIsForecast) {
  const GenerationEstimate estimate = Of(Small(), {.prompt = 7, .generate = 202});
  std::int64_t macs = 0;
  for (std::int64_t past = 7; past <= 7 + 200; ++past) macs += StepMacs(past);
  EXPECT_EQ(estimate.decode->macs, macs);
}

TEST_F(GenerationTest, AWindowBoundsWhatAPassLooksBackAt) {
  const GenerationEstimate estimate =
      Of(Small(R"(, "sliding_window": 50)"), {.prompt = 7, .generate = 102});
  std::int64_t macs = 0;
  for (std::int64_t past = 7; past <= 7 + 100; ++past) {
    macs += StepMacs(std::min<std::int64_t>(past, 49));
  }
  EXPECT_EQ(estimate.decode->macs, macs);
}

TEST_F(GenerationTest, PhasesAndTheirIntervalsAddUp) {
  const GenerationEstimate estimate = Of(Small(), {.batch = 2, .prompt = 30, .generate = 20});
  const EnergyForecast& prefill = estimate.prefill.energy;
  const EnergyForecast& decode = estimate.decode->energy;
  EXPECT_DOUBLE_EQ(estimate.energy.energy.value(), (prefill.energy + decode.energy).value());
  EXPECT_DOUBLE_EQ(estimate.energy.low.value(), (prefill.low + decode.low).value());
  EXPECT_DOUBLE_EQ(estimate.energy.high.value(), (prefill.high + decode.high).value());
  EXPECT_LT(estimate.energy.low, estimate.energy.energy);
  EXPECT_DOUBLE_EQ(estimate.energy_per_generated_token().value(),
                   estimate.energy.energy.value() / 40);
  EXPECT_DOUBLE_EQ(estimate.prefill.energy_per_token().value(), prefill.energy.value() / 60);
}

TEST_F(GenerationTest, TheCacheHoldsKeysAndValuesOfEveryPositionButTheLast) {
  // 2 sequences x 2 blocks x (keys and values) x 2 heads x 16 numbers x 4 bytes x 49 positions.
  EXPECT_EQ(Of(Small(), {.batch = 2, .prompt = 30, .generate = 20}).kv_cache_bytes,
            2 * 2 * 2 * 2 * 16 * 4 * 49);
}

TEST_F(GenerationTest, MorePositionsThanTrainedForIsAWarning) {
  EXPECT_THAT(Of(Small(), {.prompt = 250, .generate = 6}).warnings, testing::IsEmpty());
  EXPECT_THAT(Of(Small(), {.prompt = 250, .generate = 7}).warnings, testing::SizeIs(1));
}

TEST_F(GenerationTest, ImpossibleSizesAreRefused) {
  for (const GenerationRequest& request :
       {GenerationRequest{.batch = 0}, GenerationRequest{.prompt = 0},
        GenerationRequest{.generate = -1}, GenerationRequest{.prompt = 1'000'000'000}}) {
    EXPECT_THROW(Of(Small(), request), Error);
  }
}

TEST_F(GenerationTest, MoreMacsThanCanBeCountedAreRefused) {
  // 10^5 sequences x 10^8 tokens x 10^5 MACs: 10^18.
  EXPECT_THROW(Of(Small(), {.batch = 100'000, .prompt = 1, .generate = 100'000'000}), Error);
}

}  // namespace
}  // namespace joulecast
