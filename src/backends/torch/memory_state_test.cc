// SPDX-License-Identifier: Apache-2.0
#include "backends/torch/memory_state.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cstdlib>
#include <cstring>

namespace joulecast {
namespace {

TEST(SettledStateTest, WeightsComeRoundAfterTwiceTheCache) {
  EXPECT_EQ(WeightSets(0), 1);
  EXPECT_EQ(WeightSets(2 * ColdBytes()), 1);
  EXPECT_EQ(WeightSets(ColdBytes()), 1);
  EXPECT_EQ(WeightSets(ColdBytes() - 1), 2);
  EXPECT_EQ(WeightSets(ColdBytes() / 8), 8);  // caches are whole KiB
  EXPECT_EQ(WeightSets(1), 64);
}

TEST(SettledStateTest, ResultsComeRoundAfterTwiceTheCacheOrEightCalls) {
  EXPECT_EQ(ResultSets(0), 1);
  EXPECT_EQ(ResultSets(ColdBytes()), 1);
  EXPECT_EQ(ResultSets(ColdBytes() / 4), 4);
  EXPECT_EQ(ResultSets(1), 8);
}

long PageFaults() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return usage.ru_minflt;
}

/// Pages that a second block of this size takes from the kernel after the first one was freed.
long FaultsOfNextBlock(std::size_t bytes) {
  long faults = 0;
  for (int i = 0; i < 2; ++i) {
    const long before = PageFaults();
    void* volatile block = std::malloc(bytes);
    std::memset(block, 1, bytes);
    std::free(block);
    faults = PageFaults() - before;
  }
  return faults;
}

TEST(SettledStateTest, SettledMemoryIsUsedAgainUpTo32MiB) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "a sanitizer's allocator takes the place of glibc's";
#endif
  if (std::getenv("MALLOC_MMAP_THRESHOLD_") != nullptr || std::getenv("GLIBC_TUNABLES") != nullptr)
    GTEST_SKIP() << "the environment sets the allocator's thresholds";
  SettleAllocator();
  EXPECT_LT(FaultsOfNextBlock(30 << 20), 100);
  EXPECT_GT(FaultsOfNextBlock(40 << 20), 10);  // huge pages make them few
}

}  // namespace
}  // namespace joulecast
