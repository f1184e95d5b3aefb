// SPDX-License-Identifier: Apache-2.0
#include "score/expression.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "joulecast/error.h"

namespace joulecast {
namespace {

std::int64_t Look(std::string_view name) {
  if (name == "width") return 32;
  if (name == "k_1") return 5;
  throw Error(ErrorKind::kInput, "no decision '" + std::string(name) + "'");
}

std::string WhyNot(std::string_view expression) {
  try {
    Evaluate(expression, Look);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInput);
    return error.what();
  }
  ADD_FAILURE() << expression << " was accepted";
  return "";
}

TEST(ExpressionTest, ComputesAsPeopleDo) {
  EXPECT_EQ(Evaluate("7", Look), 7);
  EXPECT_EQ(Evaluate("2 + 3*4", Look), 14);
  EXPECT_EQ(Evaluate("(2+3)*4", Look), 20);
  EXPECT_EQ(Evaluate("20 - 5 - 3", Look), 12);
  EXPECT_EQ(Evaluate("width*width/ 2", Look), 512);
  EXPECT_EQ(Evaluate("(k_1 - 1)/2", Look), 2);
  EXPECT_EQ(Evaluate("-k_1 + 6", Look), 1);
  EXPECT_EQ(Evaluate("-5/2", Look), -3) << "rounded down";
}

TEST(ExpressionTest, SaysWhatIsWrong) {
  EXPECT_THAT(WhyNot(""), testing::HasSubstr("a name or a number is missing"));
  EXPECT_THAT(WhyNot("2+"), testing::HasSubstr("a name or a number is missing"));
  EXPECT_THAT(WhyNot("(2"), testing::HasSubstr("a ')' is missing"));
  EXPECT_THAT(WhyNot("2 3"), testing::HasSubstr("'3' was not expected"));
  EXPECT_THAT(WhyNot("5/(width-32)"), testing::HasSubstr("division by zero"));
  EXPECT_THAT(WhyNot("height"), testing::HasSubstr("no decision 'height'"));
  EXPECT_THAT(WhyNot("12x"), testing::HasSubstr("'12x' is no number"));
  EXPECT_THAT(WhyNot("9223372036854775807+1"), testing::HasSubstr("too large"));
  EXPECT_THAT(WhyNot("(-9223372036854775807-1)/-1"), testing::HasSubstr("too large"));
  EXPECT_THAT(WhyNot("99999999999999999999"), testing::HasSubstr("is no number"));
  EXPECT_THAT(WhyNot(std::string(100'000, '(')), testing::HasSubstr("nested too deeply"));
  EXPECT_THAT(WhyNot(std::string(100'000, '-') + "1"), testing::HasSubstr("nested too deeply"));
}

TEST(ExpressionTest, FindsNamesInBraces) {
  EXPECT_EQ(NamesIn("linear batch=1 in={width} out={2*width + k_1}"),
            (std::vector<std::string>{"width", "k_1"}));
  EXPECT_TRUE(NamesIn("linear batch=1 in=3").empty());
}

TEST(ExpressionTest, FillsBraces) {
  EXPECT_EQ(Fill("linear in={width} out={2*width}", Look), "linear in=32 out=64");
  EXPECT_EQ(Fill("no braces", Look), "no braces");
  EXPECT_THROW(Fill("in={width", Look), Error);
  EXPECT_THROW(Fill("in=width}", Look), Error);
}

}  // namespace
}  // namespace joulecast
