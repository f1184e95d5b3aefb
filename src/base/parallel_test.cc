// SPDX-License-Identifier: Apache-2.0
#include "base/parallel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <string>
#include <vector>

namespace joulecast {
namespace {

TEST(InParallelTest, DoesEachNumberOnce) {
  for (const int threads : {1, 2, 5}) {
    std::vector<std::atomic<int>> done(1000);
    std::vector<std::uint64_t> told;
    InParallel(
        1000, 7, threads,
        [&](int worker, std::uint64_t first, std::uint64_t last) {
          EXPECT_LT(worker, threads);
          EXPECT_LE(last - first, 7u);
          for (std::uint64_t i = first; i < last; ++i) ++done[i];
        },
        [&](std::uint64_t so_far) { told.push_back(so_far); });
    for (const auto& each : done) EXPECT_EQ(each, 1);
    EXPECT_EQ(told.size(), 143u) << "142 parts of 7, and one of 6";
    EXPECT_EQ(told.back(), 1000u);
  }
}

TEST(InParallelTest, ThrowsTheLowestErrorAtAnyNumberOfThreads) {
  for (const int threads : {1, 2, 4}) {
    try {
      InParallel(100, 1, threads,
                 [](int, std::uint64_t first, std::uint64_t) {
                   if (first >= 30) throw std::runtime_error(std::to_string(first));
                 },
                 {});
      FAIL();
    } catch (const std::runtime_error& error) {
      EXPECT_STREQ(error.what(), "30");
    }
  }
}

TEST(InParallelTest, NothingToDoIsDone) {
  InParallel(0, 10, 3, [](int, std::uint64_t, std::uint64_t) { FAIL(); }, {});
}

}  // namespace
}  // namespace joulecast
