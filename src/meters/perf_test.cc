// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/temporary_folder.h"
#include "joulecast/error.h"
#include "meters/catalog.h"
#include "meters/perf_events.h"
#include "meters/test_power.h"

namespace joulecast {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class PerfTest : public ::testing::Test {
 protected:
  void Write(const std::filesystem::path& file, std::string_view content) {
    std::filesystem::create_directories((folder_.path() / file).parent_path());
    std::ofstream(folder_.path() / file) << content << "\n";
  }

  void AddPmu(std::string_view type, std::string_view cpumask) {
    Write(kPmu / "type", type);
    Write(kPmu / "cpumask", cpumask);
  }

  void AddEvent(const std::string& name, std::string_view event, std::string_view scale,
                std::string_view unit = "Joules") {
    Write(kPmu / "events" / name, event);
    Write(kPmu / "events" / (name + ".scale"), scale);
    Write(kPmu / "events" / (name + ".unit"), unit);
  }

  void Place(int cpu, int package, int die) {
    const auto folder = "sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/topology";
    Write(std::filesystem::path(folder) / "physical_package_id", std::to_string(package));
    Write(std::filesystem::path(folder) / "die_id", std::to_string(die));
  }

  std::vector<std::string> Parts() {
    std::vector<std::string> parts;
    for (const PerfEvent& event : FindPerfEvents(folder_.path())) {
      parts.push_back(event.domain.name + "=" + event.domain.part);
    }
    return parts;
  }

  const std::filesystem::path kPmu = "sys/bus/event_source/devices/power";
  TemporaryFolder folder_;
};

TEST_F(PerfTest, EveryEventIsCountedOnEachPackagesProcessor) {
  AddPmu("23", "0,18");
  Place(0, 0, 0);
  Place(18, 1, 0);
  AddEvent("energy-psys", "event=0x05", "2.3283064365386962890625e-10");
  AddEvent("energy-ram", "event=0x03", "1.52587890625e-05");
  AddEvent("energy-pkg", "event=0x02", "2.3283064365386962890625e-10");
  const auto events = FindPerfEvents(folder_.path());
  EXPECT_THAT(Parts(), ElementsAre("package-0=machine/package-0", "package-1=machine/package-1",
                                   "dram-0=machine/dram-0", "dram-1=machine/dram-1",
                                   "psys-0=machine", "psys-1=machine"));
  EXPECT_EQ(events[1].cpu, 18);
  EXPECT_EQ(events[1].type, 23u);
  EXPECT_EQ(events[1].config, 2u);
  EXPECT_EQ(events[1].unit, Joules(1.0 / 4294967296));  // 2^-32 J
  EXPECT_EQ(events[3].unit, Joules(1.0 / 65536));       // servers' memory counts in 2^-16 J
}

TEST_F(PerfTest, DiesOfAPackageAreToldApart) {
  AddPmu("23", "0-1");
  Place(0, 0, 0);
  Place(1, 0, 1);
  AddEvent("energy-pkg", "event=0x02", "1e-9");
  AddEvent("energy-cores", "event=0x01", "1e-9");
  EXPECT_THAT(Parts(), ElementsAre("package-0-die-0=machine/package-0-die-0",
                                   "package-0-die-1=machine/package-0-die-1",
                                   "core-0-die-0=machine/package-0-die-0/core",
                                   "core-0-die-1=machine/package-0-die-1/core"));
}

TEST_F(PerfTest, AnEventInAnotherUnitIsNotTakenForJoules) {
  AddPmu("23", "0");
  AddEvent("energy-pkg", "event=0x02", "1e-9", "Millijoules");
  EXPECT_THAT(FindPerfEvents(folder_.path())[0].failure, HasSubstr("energy-pkg"));
  AddEvent("energy-pkg", "event=2", "1e-9");
  EXPECT_THAT(FindPerfEvents(folder_.path())[0].failure, HasSubstr("energy-pkg"));
  AddEvent("energy-pkg", "event=0x02", "much");
  EXPECT_THAT(FindPerfEvents(folder_.path())[0].failure, HasSubstr("energy-pkg"));
}

/// A PMU that every kernel has stands for the one that few have: its CPU clock counts a
/// nanosecond a count, and at 1e-9 J that is one watt.
TEST_F(PerfTest, CountsThroughTheRealSystemCall) {
  AddPmu("1", "0");
  AddEvent("energy-pkg", "event=0x0", "1e-9");
  std::unique_ptr<Meter> meter;
  try {
    meter = kPerf.open("", {.root = folder_.path()});
  } catch (const Error& error) {
    GTEST_SKIP() << error.what();
  }
  ExpectPower(*meter, Watts(1));
  EXPECT_EQ(meter->longest_gap(), std::nullopt);
}

TEST_F(PerfTest, APmuThatTheKernelDoesNotKnowIsNamed) {
  AddPmu("999999", "0");
  AddEvent("energy-pkg", "event=0x02", "1e-9");
  const Availability availability = Probe(kPerf, {.root = folder_.path()});
  EXPECT_FALSE(availability.works);
  EXPECT_THAT(availability.why_not, HasSubstr("package-0 (PMU 999999, event 2, processor 0)"));
}

TEST_F(PerfTest, WithoutAPmuTheModuleIsNamed) {
  EXPECT_THAT(Probe(kPerf, {.root = folder_.path()}).fix, HasSubstr("modprobe rapl"));
}

}  // namespace
}  // namespace joulecast
