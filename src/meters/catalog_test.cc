// SPDX-License-Identifier: Apache-2.0
#include "meters/catalog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "base/temporary_folder.h"
#include "joulecast/error.h"

namespace joulecast {
namespace {

using ::testing::HasSubstr;

Domain Part(std::string part) { return {.name = "x", .part = std::move(part)}; }

std::string WhyNot(const std::string& list, ErrorKind kind, const MeterHost& host = {}) {
  try {
    OpenMeters(list, host);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind) << error.what();
    return error.what();
  }
  ADD_FAILURE() << list << " was opened";
  return "";
}

TEST(OverlapTest, APartOverlapsWhatContainsItAndWhatItContains) {
  EXPECT_TRUE(Overlapping(Part("machine"), Part("machine/package-0/core")));
  EXPECT_TRUE(Overlapping(Part("machine/package-0/core"), Part("machine")));
  EXPECT_TRUE(Overlapping(Part("machine/dram-0"), Part("machine/dram-0")));
  EXPECT_FALSE(Overlapping(Part("machine/package-0"), Part("machine/dram-0")));
  EXPECT_FALSE(Overlapping(Part("machine/package-1"), Part("machine/package-10")));
}

TEST(MeterCatalogTest, NamesAreUniqueAndFound) {
  std::set<std::string_view> names;
  for (const MeterType* type : MeterCatalog()) {
    EXPECT_TRUE(names.insert(type->name).second) << type->name;
    EXPECT_EQ(FindMeterType(type->name), type);
    EXPECT_FALSE(type->summary.empty());
    EXPECT_EQ(type->name.find_first_of(",: "), std::string_view::npos) << "a list must name it";
  }
  EXPECT_EQ(FindMeterType("rapl2"), nullptr);
}

/// A machine with nothing at all: no /proc, no /sys.
TEST(MeterCatalogTest, EveryKindSaysWhyItDoesNotWorkOnAnEmptyMachine) {
  const TemporaryFolder empty;
  const MeterHost host = {.root = empty.path()};
  for (const MeterType* type : MeterCatalog()) {
    if (type->name == "nvml") continue;  // its library is the loader's to find, not the root's
    const Availability availability = Probe(*type, host);
    EXPECT_FALSE(availability.works) << type->name;
    EXPECT_THAT(availability.why_not, HasSubstr(std::string(type->name)));
    EXPECT_THAT(availability.fix, ::testing::Not(::testing::IsEmpty())) << type->name;
  }
}

TEST(MeterCatalogTest, EveryKindRefusesAnAbsurdArgumentInOneLine) {
  const TemporaryFolder empty;
  for (const MeterType* type : MeterCatalog()) {
    try {
      type->open("no\nsuch=thing", {.root = empty.path()});
      ADD_FAILURE() << type->name;
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), HasSubstr(std::string(type->name)));
      EXPECT_EQ(std::string_view(error.what()).find('\n'), std::string_view::npos) << type->name;
    }
  }
}

TEST(OpenMetersTest, OpensEachOfTheList) {
  const auto meters = OpenMeters("fake:watts=20:part=machine/a,fake:watts=3:part=machine/b", {});
  ASSERT_EQ(meters.size(), 2u);
  EXPECT_EQ(meters[0]->domains()[0].part, "machine/a");
  EXPECT_EQ(meters[1]->domains()[0].part, "machine/b");
}

TEST(OpenMetersTest, AnUnknownNameListsTheKnownOnes) {
  const std::string why = WhyNot("wattmeter", ErrorKind::kUsage);
  EXPECT_THAT(why, HasSubstr("no meter 'wattmeter'"));
  for (const MeterType* type : MeterCatalog()) {
    EXPECT_THAT(why, HasSubstr(std::string(type->name)));
  }
  EXPECT_THAT(WhyNot("", ErrorKind::kUsage), HasSubstr("no meter ''"));
}

TEST(OpenMetersTest, TheSameCounterTwiceIsRefused) {
  EXPECT_THAT(WhyNot("fake:watts=1,fake:watts=2", ErrorKind::kUsage),
              HasSubstr("named twice for machine/fake"));
}

TEST(OpenDefaultMetersTest, WithoutCountersOnlyTheModelIsLeft) {
  const TemporaryFolder machine;
  std::filesystem::create_directories(machine.path() / "proc");
  machine.Write("proc/cpuinfo", "processor : 0\n");
  machine.Write("proc/stat", "cpu0 0 0 0 0\n");
  const MeterHost host = {.root = machine.path()};
  for (const auto& meter : OpenDefaultMeters(host)) {
    if (meter->name() == "nvml") GTEST_SKIP() << "there is a GPU here";
    EXPECT_EQ(meter->name(), "modelled");
    EXPECT_EQ(meter->domains()[0].evidence, Evidence::kModelled);
  }
  EXPECT_EQ(OpenDefaultMeters(host).size(), 1u);
}

}  // namespace
}  // namespace joulecast
