// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace joulecast {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Names = std::vector<std::string>;

TEST(TextTest, SplitKeepsEmptyParts) {
  EXPECT_THAT(Split("a,,b,", ','), ElementsAre("a", "", "b", ""));
  EXPECT_THAT(Split("", ','), ElementsAre(""));
}

TEST(TextTest, SplitBlanksHasNoEmptyParts) {
  EXPECT_THAT(SplitBlanks("  a \t\r\n b"), ElementsAre("a", "b"));
  EXPECT_THAT(SplitBlanks(" \t "), IsEmpty());
  EXPECT_THAT(SplitBlanks(""), IsEmpty());
}

TEST(TextTest, TrimTakesBlanksOffBothEnds) {
  EXPECT_EQ(Trim("\t a b \r\n"), "a b");
  EXPECT_EQ(Trim(" \n "), "");
}

TEST(TextTest, IntegersAreReadWholeOrNotAtAll) {
  EXPECT_EQ(ParseInt("-12"), -12);
  EXPECT_EQ(ParseInt("9223372036854775807"), 9223372036854775807);
  for (const char* text : {"", " 1", "1 ", "1x", "0x10", "1.0", "+1", "9223372036854775808"}) {
    EXPECT_FALSE(ParseInt(text)) << text;
  }
}

TEST(TextTest, RealNumbersAreReadWholeOrNotAtAll) {
  EXPECT_EQ(ParseDouble("-2.5e-1"), -0.25);
  EXPECT_EQ(ParseDouble("3"), 3);
  for (const char* text : {"", " 1", "1 ", "1,5", "1e", "1e999", "joule"}) {
    EXPECT_FALSE(ParseDouble(text)) << text;
  }
}

TEST(TextTest, JoinPutsASeparatorBetweenAllParts) {
  EXPECT_EQ(Join(Names{"a", "b", "c"}, ", "), "a, b, c");
  EXPECT_EQ(Join(Names{"", "b", ""}, ","), ",b,");
  EXPECT_EQ(Join(Names{}, ","), "");
}

TEST(TextTest, ClosestNameIsATypingSlipAway) {
  const Names known = {"vgg11", "vgg16", "alexnet"};
  EXPECT_EQ(ClosestName("alxnet", known), "alexnet");  // one letter lost
  EXPECT_EQ(ClosestName("vgg-16", known), "vgg16");    // one too many
  EXPECT_EQ(ClosestName("resnet50", known), std::nullopt);
  EXPECT_EQ(ClosestName("alexnet", Names{}), std::nullopt);
}

TEST(TextTest, PrintableKeepsText) {
  EXPECT_EQ(Printable("features.0"), "features.0");
  EXPECT_EQ(Printable("é世🙂"), "é世🙂");
  EXPECT_EQ(Printable(""), "");
}

TEST(TextTest, PrintableReplacesControlCharacters) {
  EXPECT_EQ(Printable("a\x1b[31m\nb\x7f"), "a?[31m?b?");
  EXPECT_EQ(Printable(std::string_view("a\0b", 3)), "a?b");
  EXPECT_EQ(Printable("a\xc2\x9b"
                      "31m"),
            "a?31m");  // U+009B starts escapes, as ESC [ does
}

TEST(TextTest, PrintableReplacesEachByteThatIsNotUtf8) {
  EXPECT_EQ(Printable("\xff"), "?");
  EXPECT_EQ(Printable("\xc3"), "?");                 // cut off
  EXPECT_EQ(Printable("\xc3("), "?(");               // no continuation
  EXPECT_EQ(Printable("\xc0\xaf"), "??");            // '/' in two bytes
  EXPECT_EQ(Printable("\xe0\x80\xaf"), "???");       // '/' in three
  EXPECT_EQ(Printable("\xf0\x80\x80\xaf"), "????");  // '/' in four
  EXPECT_EQ(Printable("\xed\xa0\x80"), "???");       // U+D800, half of a surrogate pair
  EXPECT_EQ(Printable("\xf4\x90\x80\x80"), "????");  // U+110000, past the last
}

TEST(TextTest, PrintableCutsTheMiddle) {
  EXPECT_EQ(Printable("0123456789", 10), "0123456789");
  EXPECT_EQ(Printable("0123456789", 9), "012...789");
  EXPECT_EQ(Printable("0123456789", 8), "01...789");  // 5 left: 2 before, 3 behind
  EXPECT_EQ(Printable("ééééé", 4), "...é");           // letters are cut, not bytes
}

TEST(TextTest, PrintableCountsWideCharactersTwice) {
  // Five characters of two columns. Of 9 columns six are left beside the dots, three on either
  // side: room for one character each.
  EXPECT_EQ(Printable("世世世世世", 10), "世世世世世");
  EXPECT_EQ(Printable("世世世世世", 9), "世...世");
}

TEST(TextTest, CsvFieldIsQuotedOnlyWhereItMustBe) {
  EXPECT_EQ(CsvField("sleep 1"), "sleep 1");
  EXPECT_EQ(CsvField("a,b"), "\"a,b\"");
  EXPECT_EQ(CsvField("say \"a\""), "\"say \"\"a\"\"\"");
  EXPECT_EQ(CsvField("two\nlines"), "\"two\nlines\"");
}

}  // namespace
}  // namespace joulecast
