// SPDX-License-Identifier: Apache-2.0
#include "base/checked.h"

#include <gtest/gtest.h>

#include <limits>

#include "joulecast/error.h"

namespace joulecast {
namespace {

constexpr std::int64_t kLargest = std::int64_t{1} << 53;
constexpr std::int64_t kBillion = 1'000'000'000;
constexpr std::int64_t kInt64Most = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kInt64Least = std::numeric_limits<std::int64_t>::min();

TEST(CheckedTest, ProductsAndSumsOfCounts) {
  EXPECT_EQ(CheckedProduct({2, 3, 7}), 42);
  EXPECT_EQ(CheckedProduct({}), 1);
  EXPECT_EQ(CheckedProduct({5, 0}), 0);
  EXPECT_EQ(CheckedSum({2, 3, -1}), 4);
  EXPECT_EQ(CheckedSum({}), 0);
}

TEST(CheckedTest, TheBoundItselfIsAllowed) {
  EXPECT_EQ(CheckedProduct({std::int64_t{1} << 26, std::int64_t{1} << 27}), kLargest);
  EXPECT_EQ(CheckedSum({kLargest - 1, 1}), kLargest);
  EXPECT_EQ(CheckedProduct({-1, kLargest}), -kLargest);
}

TEST(CheckedTest, WhatIsBeyondTheBoundIsRefused) {
  EXPECT_THROW(CheckedProduct({kLargest, 2}), Error);
  EXPECT_THROW(CheckedSum({kLargest, 1}), Error);
  EXPECT_THROW(CheckedSum({-kLargest, -1}), Error);
}

TEST(CheckedTest, OverflowOfTheMachineWordIsRefused) {
  EXPECT_THROW(CheckedProduct({kBillion, kBillion, kBillion}), Error);
  EXPECT_THROW(CheckedProduct({kInt64Least, -1}), Error);
  EXPECT_THROW(CheckedSum({kInt64Most, kInt64Most}), Error);
}

TEST(CheckedTest, TheRefusalBlamesTheInput) {
  try {
    CheckedProduct({kBillion, kBillion});
    FAIL() << "10^18 is above 2^53";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInput);
    EXPECT_NE(std::string(error.what()).find("batch"), std::string::npos);
  }
}

}  // namespace
}  // namespace joulecast
