// SPDX-License-Identifier: Apache-2.0
#include "backends/torch/memory_state.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cstdlib>
#include <cstring>
#include <string>

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

/// Why nothing can be said of glibc's allocator here; empty if something can.
std::string WhyNotGlibc() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return "a sanitizer's allocator takes the place of glibc's";
#endif
  const bool set =
      std::getenv("MALLOC_MMAP_THRESHOLD_") != nullptr || std::getenv("GLIBC_TUNABLES") != nullptr;
  return set ? "the environment sets the allocator's thresholds" : "";
}

TEST(SettledStateTest, SettledMemoryIsUsedAgainUpTo32MiB) {
  if (!WhyNotGlibc().empty()) GTEST_SKIP() << WhyNotGlibc();
  SettleAllocator();
  EXPECT_LT(FaultsOfNextBlock(30 << 20), 100);
  EXPECT_GT(FaultsOfNextBlock(40 << 20), 10);  // huge pages make them few
}

TEST(SettledStateTest, ForgottenMemoryServesNoLargeBlock) {
  if (!WhyNotGlibc().empty()) GTEST_SKIP() << WhyNotGlibc();
  SettleAllocator();
  const auto leave_50_mib = [] {
    void* volatile first = std::malloc(25 << 20);
    void* volatile second = std::malloc(25 << 20);
    std::memset(first, 1, 25 << 20);
    std::memset(second, 1, 25 << 20);
    std::free(first);
    std::free(second);
  };
  leave_50_mib();
  EXPECT_LT(FaultsOfNextBlock(40 << 20), 10);
  leave_50_mib();
  ForgetFreeMemory();
  EXPECT_GT(FaultsOfNextBlock(40 << 20), 10);
}

}  // namespace
}  // namespace joulecast
