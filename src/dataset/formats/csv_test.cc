// SPDX-License-Identifier: Apache-2.0
#include "dataset/formats/csv.h"

#include <gmock/gmock.h>

#include "joulecast/error.h"

namespace joulecast {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string FailureOf(std::string_view text) {
  try {
    CsvTable::Parse(text, "t.csv");
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInput);
    return error.what();
  }
  return "accepted";
}

TEST(CsvTest, ReadsQuotesCommasAndLineBreaks) {
  const CsvTable table = CsvTable::Parse(
      "\xEF\xBB\xBF"
      "a,b\r\n\"x, \"\"y\"\"\",2\r\n\"two\nlines\",\"\"\n\nlast,",
      "t.csv");
  EXPECT_THAT(table.header(), ElementsAre("a", "b"));
  ASSERT_EQ(table.rows().size(), 3u);
  EXPECT_THAT(table.rows()[0].fields, ElementsAre("x, \"y\"", "2"));
  EXPECT_THAT(table.rows()[1].fields, ElementsAre("two\nlines", ""));
  EXPECT_THAT(table.rows()[2].fields, ElementsAre("last", ""));
  EXPECT_EQ(table.rows()[0].line, 2u);
  EXPECT_EQ(table.rows()[1].line, 3u);
  EXPECT_EQ(table.rows()[2].line, 6u);  // the record before spans two lines, then an empty one
  EXPECT_EQ(table.Column("b"), 1u);
}

TEST(CsvTest, NamesEveryMissingColumn) {
  const CsvTable table = CsvTable::Parse("a,b\n1,2\n", "t.csv");
  try {
    table.Require({"energy", "a", "time"});
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("columns 'energy', 'time'"));
    EXPECT_THAT(error.what(), HasSubstr("it has a, b"));
  }
}

TEST(CsvTest, SaysWhereARowIsRagged) {
  EXPECT_THAT(FailureOf("a,b\n1,2\n3\n"), HasSubstr("t.csv, line 3: 1 fields"));
  EXPECT_THAT(FailureOf("a,b\n1,2,3\n"), HasSubstr("line 2: 3 fields"));
}

TEST(CsvTest, RefusesBrokenQuotesAndHeaders) {
  EXPECT_THAT(FailureOf("a,b\n1,\"2\n3,4\n"), HasSubstr("line 2: a quoted field is never closed"));
  EXPECT_THAT(FailureOf("a,b\n\"1\"x,2\n"), HasSubstr("line 2: text after a closing quote"));
  EXPECT_THAT(FailureOf("a,a\n1,2\n"), HasSubstr("'a' twice"));
  EXPECT_THAT(FailureOf("\n\n"), HasSubstr("empty"));
}

}  // namespace
}  // namespace joulecast
