// SPDX-License-Identifier: Apache-2.0
#include "server/lru_cache.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace joulecast {
namespace {

TEST(LruCacheTest, ForgetsWhatWasNotAskedForLongest) {
  LruCache<int> cache(3 * 1000);
  for (const int key : {1, 2, 3}) cache.Insert(std::to_string(key), key, 700);  // and overhead
  EXPECT_EQ(cache.size(), 3u);
  EXPECT_EQ(cache.Find("1"), 1);
  cache.Insert("4", 4, 700);
  EXPECT_EQ(cache.Find("2"), std::nullopt);
  EXPECT_EQ(cache.Find("1"), 1);
  EXPECT_EQ(cache.Find("3"), 3);
  EXPECT_EQ(cache.Find("4"), 4);
  EXPECT_LE(cache.bytes(), 3000u);
}

TEST(LruCacheTest, AKeyHasOneValue) {
  LruCache<int> cache(1000);
  cache.Insert("a", 1, 100);
  const std::size_t bytes = cache.bytes();
  cache.Insert("a", 2, 100);
  EXPECT_EQ(cache.Find("a"), 2);
  EXPECT_EQ(cache.bytes(), bytes);
}

TEST(LruCacheTest, WhatIsLargerThanAllIsNotKept) {
  LruCache<int> cache(1000);
  cache.Insert("small", 1, 100);
  cache.Insert("large", 2, 1001);
  EXPECT_EQ(cache.Find("large"), std::nullopt);
  EXPECT_EQ(cache.Find("small"), 1);
}

TEST(LruCacheTest, ThreadsMayShareIt) {
  LruCache<int> cache(10'000);
  std::vector<std::thread> threads;
  for (int offset = 0; offset < 4; ++offset) {
    threads.emplace_back([&cache, offset] {
      for (int i = 0; i < 500; ++i) {
        const int key = (i + offset) % 40;
        cache.Insert(std::to_string(key), key, 100);
        const auto found = cache.Find(std::to_string(key));
        EXPECT_EQ(found.value_or(key), key);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(cache.bytes(), 10'000u);
}

}  // namespace
}  // namespace joulecast
