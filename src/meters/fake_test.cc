// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/temporary_folder.h"
#include "joulecast/error.h"
#include "meters/catalog.h"
#include "meters/test_power.h"

namespace joulecast {
namespace {

using ::testing::HasSubstr;

std::string WhyNot(const std::string& argument) {
  try {
    kFake.open(argument, {});
  } catch (const Error& error) {
    return error.what();
  }
  return "it opens";
}

TEST(FakeTest, CountsAConstantPower) { ExpectPower(*kFake.open("watts=20", {}), Watts(20)); }

TEST(FakeTest, WithATickItStandsStillInBetween) {
  const auto meter = kFake.open("watts=20:tick-s=3600", {});
  Reading reading;
  meter->Read(reading);
  EXPECT_EQ(reading.domains[0].total, Joules(0));
  meter->Read(reading);
  EXPECT_EQ(reading.domains[0].total, Joules(0));
  EXPECT_EQ(meter->domains()[0].tick, Seconds(3600));
}

TEST(FakeTest, ClaimsToBeModelledUnlessToldOtherwise) {
  EXPECT_EQ(kFake.open("watts=1", {})->domains()[0].evidence, Evidence::kModelled);
  const auto measured = kFake.open("watts=1:part=machine/package-0:evidence=measured", {});
  EXPECT_EQ(measured->domains()[0].evidence, Evidence::kMeasured);
  EXPECT_EQ(measured->domains()[0].name, "package-0");
}

TEST(FakeTest, FollowsAScript) {
  const TemporaryFolder folder;
  const auto script = folder.Write("script",
                                   "0 machine/package-0 100\n"
                                   "0 machine/dram-0 5\n"
                                   "0 machine/gone failed the zone is gone\n"
                                   "3600 machine/package-0 900\n");
  const auto meter = kFake.open("script=" + script.string(), {});
  Reading reading;
  meter->Read(reading);
  ASSERT_EQ(meter->domains().size(), 3u);
  EXPECT_EQ(meter->domains()[0].name, "package-0");
  EXPECT_EQ(reading.domains[0].total, Joules(100));
  EXPECT_EQ(reading.domains[1].total, Joules(5));
  EXPECT_EQ(reading.domains[2].total, std::nullopt);
  EXPECT_EQ(reading.domains[2].failure, "the zone is gone");
}

TEST(FakeTest, RefusesWhatItDoesNotUnderstand) {
  EXPECT_THAT(WhyNot("watts=-1"), HasSubstr("'-1' is no positive number"));
  EXPECT_THAT(WhyNot("watts=nan"), HasSubstr("'nan' is no positive number"));
  EXPECT_THAT(WhyNot("joules=1"), HasSubstr("no option 'joules'"));
  EXPECT_THAT(WhyNot("tick-s=1"), HasSubstr("needs either watts or a script"));
  EXPECT_THAT(WhyNot("watts=1:evidence=gossip"), HasSubstr("measured, integrated or modelled"));
  EXPECT_THAT(WhyNot("script=/nowhere/script"), HasSubstr("/nowhere/script"));
}

TEST(FakeTest, RefusesAScriptThatMakesNoSense) {
  const TemporaryFolder folder;
  const auto why = [&](std::string_view lines) {
    return WhyNot("script=" + folder.Write("script", lines).string());
  };
  EXPECT_THAT(why("0 machine\n"), HasSubstr("script:1: neither"));
  EXPECT_THAT(why("0 machine 1\n1 machine much\n"), HasSubstr("script:2: neither"));
  EXPECT_THAT(why("0 machine 2\n1 machine 1\n"), HasSubstr("never go backwards"));
  EXPECT_THAT(why("1 machine 2\n0 machine 3\n"), HasSubstr("never go backwards"));
}

}  // namespace
}  // namespace joulecast
