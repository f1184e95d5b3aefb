// SPDX-License-Identifier: Apache-2.0
#include "fit/device_traits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "joulecast/error.h"

namespace joulecast {
namespace {

using testing::HasSubstr;

TEST(FusionOfFactsTest, IsNoneUnlessTold) {
  EXPECT_EQ(FusionOfFacts(R"({"fusion": "conv-bn"})"), Fusion::kConvBn);
  for (const char* silent : {"{}", "", R"({"fusion": 3})", R"({"fusion": "all"})"}) {
    EXPECT_EQ(FusionOfFacts(silent), Fusion::kNone) << silent;
  }
}

TEST(DeviceTraitsTest, AKnownCpuIsFoundInsideItsName) {
  // Intel's data sheet: AVX-512 (16 floats, 32 registers), 1 MiB of L2 a core, 19.25 MiB of L3.
  const DeviceTraits traits = TraitsOfCpu("Intel(R) Xeon(R) Gold 5120 CPU @ 2.20GHz");
  EXPECT_EQ(traits.vector_block, 16);
  EXPECT_EQ(traits.vector_registers, 32);
  EXPECT_EQ(traits.l2_bytes, 1'048'576);
  EXPECT_EQ(traits.last_level_cache_bytes, 20'185'088);
  EXPECT_EQ(traits.tile_pixels, 0);
}

TEST(DeviceTraitsTest, AnUnknownCpuHasUsualTraits) {
  for (const char* name : {"", "abacus"}) {
    const DeviceTraits traits = TraitsOfCpu(name);
    EXPECT_EQ(traits.vector_block, 8) << name;  // AVX2
    EXPECT_GT(traits.last_level_cache_bytes, 0);
    EXPECT_GT(traits.large_buffer_bytes, 0);
  }
}

TEST(DeviceTraitsTest, AnUnknownCpuIsReadFromRecordedFacts) {
  const DeviceTraits traits = TraitsOfCpu("abacus", R"({"l1d_bytes": 49152, "l2_bytes": 2097152,
      "l3_bytes": 110100480, "vector_instructions": ["avx", "avx2", "avx512f"],
      "results_in_turn": "8", "weights_in_turn": "64", "in_turn_bytes": "220200960"})");
  EXPECT_EQ(traits.vector_block, 16);  // 512 bits of f32
  EXPECT_EQ(traits.vector_registers, 32);
  EXPECT_EQ(traits.l1_bytes, 49'152);
  EXPECT_EQ(traits.l2_bytes, 2'097'152);
  EXPECT_EQ(traits.last_level_cache_bytes, 110'100'480);
  EXPECT_EQ(traits.results_in_turn, 8);
  EXPECT_EQ(traits.weights_in_turn, 64);
  EXPECT_EQ(traits.in_turn_bytes, 220'200'960);
  const DeviceTraits neon = TraitsOfCpu("abacus", R"({"vector_instructions": ["asimd"]})");
  EXPECT_EQ(neon.vector_block, 4);  // 128 bits
  EXPECT_EQ(neon.l2_bytes, TraitsOfCpu("").l2_bytes);
  EXPECT_EQ(TraitsOfCpu("abacus", "no JSON").vector_block, 8);
}

TEST(DeviceTraitsTest, AKnownCpuToldHowItWasMeasuredKeepsItsCaches) {
  const DeviceTraits traits = TraitsOfCpu("Intel(R) Xeon(R) Gold 5120 CPU @ 2.20GHz",
                                          R"({"l3_bytes": 1, "results_in_turn": 8})");
  EXPECT_EQ(traits.last_level_cache_bytes, 20'185'088);
  EXPECT_EQ(traits.results_in_turn, 8);
}

TEST(DeviceTraitsTest, OpenBlasPacksTheWeightsOfASingleRowToo) {
  DeviceTraits traits;
  AddTraitsOfSoftware("PyTorch 1.12, oneDNN 2.6", traits);
  EXPECT_EQ(traits.matrix_vector_rows, 3);
  EXPECT_EQ(traits.aliasing_bytes, 1024);
  AddTraitsOfSoftware("libtorch 1.13.0, OpenBLAS 0.3.21 openmp, oneDNN 2.6.3, 2 threads", traits);
  EXPECT_EQ(traits.matrix_vector_rows, 0);
  EXPECT_EQ(traits.aliasing_bytes, 4096);
}

TEST(DeviceTraitsTest, OneTraitIsSet) {
  DeviceTraits traits;
  SetTrait(traits, "tile_pixels=128");
  SetTrait(traits, "l2_bytes=2.5e5");
  SetTrait(traits, "large_buffer_bytes=0");
  EXPECT_EQ(traits.tile_pixels, 128);
  EXPECT_EQ(traits.l2_bytes, 250'000);
  EXPECT_EQ(traits.large_buffer_bytes, 0);
  EXPECT_EQ(traits.l1_bytes, DeviceTraits().l1_bytes);
}

TEST(DeviceTraitsTest, WhatIsNoTraitIsRefusedWithTheirNames) {
  for (const char* text : {"", "colour=1", "l2_bytes", "=1", "L2_bytes=1"}) {
    DeviceTraits traits;
    try {
      SetTrait(traits, text);
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kUsage);
      EXPECT_THAT(error.what(), HasSubstr("vector_block"));
      EXPECT_THAT(error.what(), HasSubstr("tile_channels"));
    }
  }
}

TEST(DeviceTraitsTest, WhatIsNoSizeIsRefused) {
  for (const char* text : {"l2_bytes=", "l2_bytes=-1", "l2_bytes=nan", "l2_bytes=inf",
                           "l2_bytes=1MB", "l2_bytes==1", "vector_block=0"}) {
    DeviceTraits traits;
    EXPECT_THROW(SetTrait(traits, text), Error) << text;
    EXPECT_EQ(traits.l2_bytes, DeviceTraits().l2_bytes);
  }
}

}  // namespace
}  // namespace joulecast
