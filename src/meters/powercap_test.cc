// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "joulecast/error.h"
#include "meters/catalog.h"
#include "meters/test_powercap.h"

namespace joulecast {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> Parts(const Meter& meter) {
  std::vector<std::string> parts;
  for (const Domain& domain : meter.domains()) parts.push_back(domain.name + "=" + domain.part);
  return parts;
}

Reading ReadOnce(Meter& meter) {
  Reading reading;
  meter.Read(reading);
  return reading;
}

TEST(PowercapTest, ZonesAreKnownByNameAndNotByNumber) {
  TestPowercap machine;
  machine.AddTwoSockets();
  const auto meter = kPowercap.open("", machine.host());
  EXPECT_THAT(Parts(*meter),
              ElementsAre("package-0=machine/package-0", "package-1=machine/package-1",
                          "dram-0=machine/dram-0", "dram-1=machine/dram-1"));
  const Reading before = ReadOnce(*meter);
  machine.Set("intel-rapl:1", 3500000);
  machine.Set("intel-rapl:0:0", 2000007);
  const Reading after = ReadOnce(*meter);
  const auto spent = [&](int i) {
    return (*after.domains[i].total - *before.domains[i].total).value();
  };
  EXPECT_NEAR(spent(0), 0.5, 1e-9);
  EXPECT_NEAR(spent(1), 0, 1e-9);
  EXPECT_NEAR(spent(2), 0, 1e-9);
  EXPECT_NEAR(spent(3), 7e-6, 1e-9);
  EXPECT_EQ(after.domains[3].raw, 2000007u);
  EXPECT_NEAR(meter->domains()[0].resolution.value(), 1.0 / 16384, 1e-9);  // 2^-14 J
}

TEST(PowercapTest, ALaptopsPlatformAndInsidesComeLastAndItsTwinNotAtAll) {
  TestPowercap machine;
  machine.AddZone("intel-rapl-mmio:0", "package-0", 99);
  machine.AddZone("intel-rapl:0", "package-0", 1);
  machine.AddZone("intel-rapl:0:0", "core", 2);
  machine.AddZone("intel-rapl:0:1", "uncore", 3);
  machine.AddZone("intel-rapl:1", "psys", 4);
  std::filesystem::create_directories(machine.tree() / "intel-rapl");
  std::filesystem::create_directories(machine.tree() / "dtpm:0");
  machine.Write("dtpm:0/name", "package-7");
  const auto meter = kPowercap.open("", machine.host());
  EXPECT_THAT(Parts(*meter),
              ElementsAre("package-0=machine/package-0", "core-0=machine/package-0/core",
                          "uncore-0=machine/package-0/uncore", "psys=machine"));
  EXPECT_EQ(ReadOnce(*meter).domains[0].raw, 1u);
}

TEST(PowercapTest, DiesOfAPackageAreCountedEach) {
  TestPowercap machine;
  machine.AddZone("intel-rapl:0", "package-0-die-0", 1);
  machine.AddZone("intel-rapl:1", "package-0-die-1", 1);
  machine.AddZone("intel-rapl:1:0", "dram", 1);
  EXPECT_THAT(
      Parts(*kPowercap.open("", machine.host())),
      ElementsAre("package-0-die-0=machine/package-0-die-0",
                  "package-0-die-1=machine/package-0-die-1", "dram-0-die-1=machine/dram-0-die-1"));
}

TEST(PowercapTest, EachZoneWrapsByItsOwnRange) {
  TestPowercap machine;
  machine.AddZone("intel-rapl:0", "package-0", 999990, 999999);
  machine.AddZone("intel-rapl:0:0", "dram", 499990, 499999);
  const auto meter = kPowercap.open("", machine.host());
  ReadOnce(*meter);
  machine.Set("intel-rapl:0", 10);
  machine.Set("intel-rapl:0:0", 30);
  const Reading after = ReadOnce(*meter);
  EXPECT_NEAR(after.domains[0].total->value(), 20e-6, 1e-12);
  EXPECT_NEAR(after.domains[1].total->value(), 40e-6, 1e-12);
  // .5 J at 2000 W, which no zone draws.
  EXPECT_NEAR(meter->longest_gap()->count(), 0.5 / 2000, 1e-9);
}

TEST(PowercapTest, AZoneWithoutARangeIsRefusedAndTheOthersServe) {
  TestPowercap machine;
  machine.AddTwoSockets();
  std::filesystem::remove(machine.tree() / "intel-rapl:1/max_energy_range_uj");
  machine.Write("intel-rapl:1:0/max_energy_range_uj", "0");
  const auto meter = kPowercap.open("", machine.host());
  const Reading reading = ReadOnce(*meter);
  EXPECT_THAT(reading.domains[0].failure, HasSubstr("intel-rapl:1/max_energy_range_uj"));
  EXPECT_EQ(reading.domains[0].total, std::nullopt);
  EXPECT_EQ(reading.domains[1].failure, "");
  EXPECT_THAT(reading.domains[2].failure, HasSubstr("intel-rapl:1:0/max_energy_range_uj"));
}

TEST(PowercapTest, WhatIsNoCountIsNeverTakenForOne) {
  TestPowercap machine;
  machine.AddTwoSockets();
  const auto meter = kPowercap.open("", machine.host());
  ReadOnce(*meter);
  machine.Write("intel-rapl:0/energy_uj", "-12");
  machine.Write("intel-rapl:0:0/energy_uj", "");
  machine.Set("intel-rapl:1", 262143328851);
  const Reading reading = ReadOnce(*meter);
  EXPECT_THAT(reading.domains[1].failure, HasSubstr("holds no count but '-12'"));
  EXPECT_THAT(reading.domains[3].failure, HasSubstr("holds no count but ''"));
  EXPECT_THAT(reading.domains[0].failure, HasSubstr("past its own range of 262143328850"));
  EXPECT_EQ(reading.domains[2].failure, "");
}

TEST(PowercapTest, AVirtualMachineIsToldSo) {
  TestPowercap machine;
  std::filesystem::create_directories(machine.host().root / "proc");
  std::ofstream(machine.host().root / "proc/cpuinfo") << "processor : 0\nflags : fpu hypervisor\n";
  const Availability availability = Probe(kPowercap, machine.host());
  EXPECT_FALSE(availability.works);
  EXPECT_THAT(availability.why_not, HasSubstr("this is a virtual machine"));
  EXPECT_THAT(availability.fix, HasSubstr("on its host"));
}

TEST(PowercapTest, WithoutZonesTheModuleOrTheContainersMaskIsNamed) {
  TestPowercap machine;
  EXPECT_THAT(Probe(kPowercap, machine.host()).fix, HasSubstr("modprobe intel_rapl_msr"));
  std::filesystem::create_symlink("../../gone", machine.tree() / "intel-rapl:0");
  const Availability hidden = Probe(kPowercap, machine.host());
  EXPECT_FALSE(hidden.works);
  EXPECT_THAT(hidden.fix, HasSubstr("systempaths=unconfined"));
}

}  // namespace
}  // namespace joulecast
