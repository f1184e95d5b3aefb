// SPDX-License-Identifier: Apache-2.0
#include "cli/app.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <new>
#include <stdexcept>
#include <vector>

#include "base/text.h"
#include "joulecast/error.h"

namespace joulecast {
namespace {

using testing::AllOf;
using testing::HasSubstr;

/// Ends as its argument says.
void AddEnd(CLI::App& command, Action& action) {
  const auto how = std::make_shared<std::string>();
  command.add_option("how", *how,
                     "How this command ends, told at such a length that the line would not fit "
                     "into a terminal of 80 columns");
  action = [how]() -> int {
    if (*how == "usage") throw Error(ErrorKind::kUsage, "bad usage");
    if (*how == "input") throw Error(ErrorKind::kInput, "bad\ninput\x1b[31m");
    if (*how == "device") throw Error(ErrorKind::kDevice, "no device");
    if (*how == "permission") throw Error(ErrorKind::kPermission, "not allowed");
    if (*how == "memory") throw std::bad_alloc();
    if (*how == "bug") throw std::logic_error("a bug");
    return *how == "check" ? kCheckFailed : kDone;
  };
}

constexpr Command kCommands[] = {{"end", "Ends", AddEnd, ""},
                                 {"elsewhere", "Is elsewhere", nullptr, "no-binary"}};

struct Result {
  int code = 0;
  std::string out;
  std::string error;
};

Result RunWith(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "joulecast");
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  Result result;
  result.code = RunApp(static_cast<int>(arguments.size()), pointers.data(), kCommands);
  result.out = testing::internal::GetCapturedStdout();
  result.error = testing::internal::GetCapturedStderr();
  return result;
}

TEST(AppTest, EveryEndHasItsExitCode) {
  EXPECT_EQ(RunWith({"end", "well"}).code, 0);
  EXPECT_EQ(RunWith({"end", "check"}).code, 1);
  EXPECT_EQ(RunWith({"end", "usage"}).code, 2);
  EXPECT_EQ(RunWith({"end", "input"}).code, 3);
  EXPECT_EQ(RunWith({"end", "device"}).code, 4);
  EXPECT_EQ(RunWith({"end", "permission"}).code, 4);
  EXPECT_EQ(RunWith({"end", "memory"}).code, 3);
  EXPECT_EQ(RunWith({"end", "bug"}).code, 3);
}

TEST(AppTest, AnErrorIsOneLine) {
  EXPECT_EQ(RunWith({"end", "input"}).error, "joulecast: bad?input?[31m\n");
  EXPECT_THAT(RunWith({"end", "bug"}).error, HasSubstr("please report it: a bug"));
}

TEST(AppTest, AMistypedCommandIsGuessed) {
  const Result result = RunWith({"ned"});
  EXPECT_EQ(result.code, 2);
  EXPECT_THAT(result.error, HasSubstr("did you mean 'end'?"));
}

TEST(AppTest, AnUnknownCommandOrOptionIsBadUsage) {
  EXPECT_THAT(RunWith({"launch"}).error, HasSubstr("known: end, elsewhere"));
  EXPECT_EQ(RunWith({"launch"}).code, 2);
  EXPECT_EQ(RunWith({"end", "--loudly"}).code, 2);
  EXPECT_THAT(RunWith({"end", "--loudly"}).error, HasSubstr("see joulecast end --help"));
  EXPECT_EQ(RunWith({}).code, 2);
}

TEST(AppTest, ACommandOfAMissingBinaryIsNamed) {
  const Result result = RunWith({"elsewhere"});
  EXPECT_EQ(result.code, 4);
  EXPECT_THAT(result.error, AllOf(HasSubstr("elsewhere"), HasSubstr("no-binary")));
}

TEST(AppTest, HelpAndVersionGoToStandardOutput) {
  const Result help = RunWith({"--help"});
  EXPECT_EQ(help.code, 0);
  EXPECT_THAT(help.out, AllOf(HasSubstr("end"), HasSubstr("elsewhere")));
  EXPECT_EQ(help.error, "");
  const Result version = RunWith({"--version"});
  EXPECT_EQ(version.code, 0);
  EXPECT_THAT(version.out,
              testing::MatchesRegex("joulecast [0-9.]+\nfeatures version [0-9]+\ncommit .*\n"));
}

TEST(AppTest, HelpFitsATerminal) {
  const std::string help = RunWith({"end", "--help"}).out;
  EXPECT_THAT(help, HasSubstr("joulecast end"));
  EXPECT_THAT(help, HasSubstr("columns"));  // the end of the long description is still there
  for (const std::string_view line : Split(help, '\n')) EXPECT_LE(line.size(), 80u) << line;
}

}  // namespace
}  // namespace joulecast
