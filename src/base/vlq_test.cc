// SPDX-License-Identifier: Apache-2.0
#include "base/vlq.h"

#include <gtest/gtest.h>

namespace joulecast {
namespace {

TEST(VlqTest, WritesAsSourceMapsDo) {
  // 0, 1, -1, 15 and 16 by hand from ECMA-426; the others are in the documentation of npm's vlq.
  std::string text;
  for (const std::int64_t number : {0, 1, -1, 15, 16}) AppendVlq(number, text);
  EXPECT_EQ(text, "ACDegB");
  text.clear();
  for (const std::int64_t number : {123, 456, 789, 123456789}) AppendVlq(number, text);
  EXPECT_EQ(text, "2HwcqxBqxmvrH");
}

TEST(VlqTest, ReadsWhatItWrote) {
  const std::int64_t numbers[] = {0, -7, 31, 32, -1023, 1024, 400'000, -(1LL << 40)};
  std::string text;
  for (const std::int64_t number : numbers) AppendVlq(number, text);
  std::string_view rest = text;
  for (const std::int64_t number : numbers) EXPECT_EQ(TakeVlq(rest), number);
  EXPECT_TRUE(rest.empty());
}

TEST(VlqTest, RefusesWhatIsNoNumber) {
  for (const std::string_view text : {"", "g", "gg", "=", "g=", "gggggggggggggB"}) {
    std::string_view rest = text;
    EXPECT_EQ(TakeVlq(rest), std::nullopt) << text;
    EXPECT_EQ(rest, text);
  }
}

}  // namespace
}  // namespace joulecast
