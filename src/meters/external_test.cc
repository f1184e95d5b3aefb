// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include "base/temporary_folder.h"
#include "base/text.h"
#include "joulecast/error.h"
#include "meters/catalog.h"
#include "meters/subprocess.h"
#include "meters/test_power.h"

namespace joulecast {
namespace {

using std::chrono::steady_clock;
using ::testing::HasSubstr;

class ExternalTest : public ::testing::Test {
 protected:
  std::string Program(const std::string& body) {
    const auto path = folder_.Write("program", "#!/bin/sh\n" + body + "\n");
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    return path.string();
  }

  static Reading ReadOnce(Meter& meter) {
    Reading reading;
    meter.Read(reading);
    return reading;
  }

  static std::string WhyNot(const std::string& argument, const MeterHost& host = {}) {
    try {
      kExternal.open(argument, host);
    } catch (const Error& error) {
      return error.what();
    }
    return "it opens";
  }

  TemporaryFolder folder_;
};

TEST_F(ExternalTest, AFileTellsJoulesInItsOwnUnit) {
  const auto file = folder_.Write("wall", "0.5 kWh\n");
  const auto meter = kExternal.open(file.string(), {});
  EXPECT_EQ(meter->domains()[0].evidence, Evidence::kMeasured);
  EXPECT_EQ(meter->domains()[0].part, "machine");
  EXPECT_EQ(ReadOnce(*meter).domains[0].total, Joules(1.8e6));
  folder_.Write("wall", "2e6 J\nand a second line\n");
  EXPECT_EQ(ReadOnce(*meter).domains[0].total, Joules(2e6));
  folder_.Write("wall", "1 J\n");
  EXPECT_THAT(ReadOnce(*meter).domains[0].failure, HasSubstr("it was reset"));
}

TEST_F(ExternalTest, ABareNumberTakesTheUnitOfTheArgument) {
  const auto file = folder_.Write("power_now", "12000000\n");
  const auto meter = kExternal.open("uW=" + file.string(), {});
  EXPECT_EQ(meter->domains()[0].evidence, Evidence::kIntegrated);
  ASSERT_TRUE(meter->longest_gap());
  ExpectPower(*meter, Watts(12));
}

TEST_F(ExternalTest, AProgramIsRunAtEachReading) {
  const std::string count = (folder_.path() / "count").string();
  const auto meter =
      kExternal.open(Program("echo >> " + count + "; echo $(wc -l < " + count + ") kJ"), {});
  const Joules first = *ReadOnce(*meter).domains[0].total;
  EXPECT_GE(*ReadOnce(*meter).domains[0].total - first, Joules(1000));
}

TEST_F(ExternalTest, TheHostsCommandHasArguments) {
  const auto meter = kExternal.open("J", {.command = {"/bin/echo", "42"}});
  EXPECT_EQ(ReadOnce(*meter).domains[0].total, Joules(42));
}

TEST_F(ExternalTest, AProgramThatFailsLaterFailsItsDomain) {
  const std::string once = (folder_.path() / "once").string();
  const auto meter = kExternal.open(Program("mkdir " + once + " && echo 5 J"), {});
  EXPECT_THAT(ReadOnce(*meter).domains[0].failure, HasSubstr("program failed with exit code 1"));
}

TEST_F(ExternalTest, WhatIsNoEnergyIsRefused) {
  const auto why = [&](std::string_view text) {
    return WhyNot(folder_.Write("wall", text).string());
  };
  for (const char* text :
       {"", "12\n", "12 parsecs\n", "-1 J\n", "nan W\n", "1 J 2 J\n", "a lot\n"}) {
    EXPECT_THAT(why(text), HasSubstr("no energy or power")) << text;
  }
  EXPECT_THAT(WhyNot("/nowhere/wall"), HasSubstr("/nowhere/wall"));
  EXPECT_THAT(WhyNot(""), HasSubstr("no file or program is named"));
  EXPECT_THAT(WhyNot(Program("exit 3")), HasSubstr("exit code 3"));
  EXPECT_THAT(WhyNot(Program("kill -9 $$")), HasSubstr("signal 9"));
}

TEST_F(ExternalTest, APipeInAFilesPlaceHangsNobody) {
  const std::string pipe = (folder_.path() / "pipe").string();
  ASSERT_EQ(std::system(("mkfifo " + pipe).c_str()), 0);
  EXPECT_THAT(WhyNot(pipe), HasSubstr(pipe));
}

TEST_F(ExternalTest, AHangingProgramIsKilledWithWhatItStarted) {
  const std::string pid = (folder_.path() / "pid").string();
  const std::string program = Program("sleep 600 & echo $! > " + pid + "; echo 1 J; wait");
  const auto start = steady_clock::now();
  try {
    RunAndRead({program}, Seconds(0.3));
    FAIL() << "it answered";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("did not answer in time"));
  }
  EXPECT_LT(steady_clock::now() - start, std::chrono::seconds(5));
  // The grandchild is init's to bury; it is gone or a zombie soon.
  const std::string stat = "/proc/" + std::string(Trim(TemporaryFolder::Read(pid))) + "/stat";
  const auto alive = [&] {
    const std::string text = TemporaryFolder::Read(stat);
    return !text.empty() && text.find(") Z") == std::string::npos;
  };
  for (int i = 0; i < 200 && alive(); ++i) ::usleep(10000);
  EXPECT_FALSE(alive());
}

TEST_F(ExternalTest, EndlessOutputIsCut) {
  const std::string text = RunAndRead({Program("yes")}, Seconds(2));
  EXPECT_LT(text.size(), 8192u);
}

}  // namespace
}  // namespace joulecast
