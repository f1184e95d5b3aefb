// SPDX-License-Identifier: Apache-2.0
#include "base/toml_table.h"

#include <gmock/gmock.h>

#include "joulecast/error.h"

namespace joulecast {
namespace {

using testing::StartsWith;

/// The text of `a` in a file, or what is said of the file.
std::string ReadA(std::string_view file) {
  std::string value;
  try {
    TomlTable::ReadRoot(file, "a.toml", [&](const TomlTable& root) { value = root.Text("a"); });
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInput);
    return error.what();
  }
  return value;
}

TEST(TomlTable, CharactersBeyondAsciiStandInStringsAndComments) {
  EXPECT_EQ(ReadA("a = \"µJ\"  # µ\n"), "µJ");
  EXPECT_EQ(ReadA("\xEF\xBB\xBF# with a byte order mark\na = 'x'\n"), "x");
  EXPECT_EQ(ReadA("b = \"\\\"µ\"\na = 'x'\n"), "x");
  EXPECT_EQ(ReadA("b = \"\"  # µ\na = '''µ'''\n"), "µ");
  EXPECT_EQ(ReadA("a = \"\"\"µ\"\n\"µ\"\"\"\"\n"), "µ\"\n\"µ\"");
}

TEST(TomlTable, CharactersBeyondAsciiElsewhereAreRefused) {
  EXPECT_EQ(ReadA("b = 1\nc = 5П\n"),
            "a.toml, line 2, column 6: a character beyond ASCII outside quotes");
  EXPECT_EQ(ReadA("b = 'x' µ\n"),
            "a.toml, line 1, column 9: a character beyond ASCII outside quotes");
}

TEST(TomlTable, CharactersNextToWhiteSpaceAreNone) {
  // U+FEFD is two before U+FEFF, which is white space; read as part of a number that was no text.
  EXPECT_EQ(
      ReadA("a = 1=\"\uFEFD\n"),
      "a.toml, line 1, column 6: Error while parsing decimal integer: expected digit, saw '='");
}

TEST(TomlTable, ATableWhoseNameIsOnTheNextLineIsRefused) {
  EXPECT_THAT(ReadA("[\nb]\na = 'x'\n"), StartsWith("a.toml, line "));
}

}  // namespace
}  // namespace joulecast
