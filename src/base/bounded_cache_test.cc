// SPDX-License-Identifier: Apache-2.0
#include "base/bounded_cache.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace joulecast {
namespace {

TEST(BoundedCacheTest, MakesAValueOnce) {
  BoundedCache<std::string, int> cache(2);
  int made = 0;
  const auto make = [&] { return ++made; };
  EXPECT_EQ(*cache.Get("a", make), 1);
  EXPECT_EQ(*cache.Get("a", make), 1);
  EXPECT_EQ(*cache.Get("b", make), 2);
  EXPECT_EQ(made, 2);
}

TEST(BoundedCacheTest, ForgetsWhatWasAskedForLongestAgo) {
  BoundedCache<std::string, int> cache(2);
  cache.Get("a", [] { return 1; });
  cache.Get("b", [] { return 2; });
  cache.Get("a", [] { return -1; });
  cache.Get("c", [] { return 3; });
  EXPECT_EQ(cache.size(), 2u);
  EXPECT_EQ(*cache.Get("a", [] { return -1; }), 1);
  EXPECT_EQ(*cache.Get("b", [] { return 4; }), 4);
}

TEST(BoundedCacheTest, AValueOutlivesItsPlaceInTheCache) {
  BoundedCache<int, std::string> cache(1);
  const auto first = cache.Get(1, [] { return std::string("first"); });
  cache.Get(2, [] { return std::string("second"); });
  EXPECT_EQ(*first, "first");
}

TEST(BoundedCacheTest, AFailureIsNotKept) {
  BoundedCache<int, int> cache(1);
  EXPECT_THROW(cache.Get(1, []() -> int { throw std::runtime_error("no"); }), std::runtime_error);
  EXPECT_EQ(cache.size(), 0u);
  EXPECT_EQ(*cache.Get(1, [] { return 5; }), 5);
}

TEST(BoundedCacheTest, ThreadsMayAskAtOnce) {
  BoundedCache<int, int> cache(3);
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 2000; ++i) {
        if (*cache.Get(i % 5, [&] { return 10 * (i % 5); }) != 10 * (i % 5)) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(cache.size(), 3u);
}

}  // namespace
}  // namespace joulecast
