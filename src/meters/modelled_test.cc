// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/temporary_folder.h"
#include "joulecast/error.h"
#include "meters/catalog.h"
#include "meters/cpu_power.h"

namespace joulecast {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kTwoSockets =
    "processor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 85\nstepping\t: 4\n"
    "model name\t: Intel(R) Xeon(R) Gold 5120 CPU @ 2.20GHz\nphysical id\t: 0\n\n"
    "processor\t: 1\nphysical id\t: 1\nflags\t\t: fpu hypervisor sse\n\n"
    "processor\t: 2\nphysical id\t: 0\n";

/// A machine of one's own making.
class ModelledTest : public ::testing::Test {
 protected:
  ModelledTest() {
    std::filesystem::create_directories(folder_.path() / "proc");
    folder_.Write("proc/cpuinfo", kTwoSockets);
    Works(0, 0, 0);
    host_.root = folder_.path();
  }

  /// Jiffies that each processor worked, in several columns; idle, iowait and stolen ones beside.
  void Works(int cpu0, int cpu1, int cpu2) {
    std::string stat = "cpu 9 9 9 9 9 9 9 9\n";
    int number = 0;
    for (const int busy : {cpu0, cpu1, cpu2}) {
      stat += "cpu" + std::to_string(number++) + " " + std::to_string(busy) + " 1 2 77 88 3 4 99\n";
    }
    folder_.Write("proc/stat", stat + "intr 12345 0 0\ncpu0 nonsense\n");
  }

  TemporaryFolder folder_;
  MeterHost host_;
};

TEST_F(ModelledTest, EachPackageDrawsForItsOwnProcessorsWork) {
  host_.tdp = Watts(100);
  const auto meter = kModelled.open("", host_);
  ASSERT_EQ(meter->domains().size(), 2u);
  EXPECT_EQ(meter->domains()[0].part, "machine/package-0");
  EXPECT_EQ(meter->domains()[1].part, "machine/package-1");
  Reading before;
  meter->Read(before);
  Works(100, 0, 200);  // 3 s of work in package 0
  Reading after;
  meter->Read(after);
  // Skylake idles at .613 / 4.104 of its power: a processor of package 0 gets 50 W when busy,
  // 7.468 W when idle.
  const Joules worked(3 * (50 - 7.468));
  const auto spent = [&](int i) { return *after.domains[i].total - *before.domains[i].total; };
  const Joules rested = *meter->domains()[0].resting_power * (after.at - before.at);
  EXPECT_NEAR((spent(0) - rested).value(), worked.value(), 0.01);
  EXPECT_NEAR(spent(1).value(), rested.value(), 0.01);
  EXPECT_NEAR(meter->domains()[0].resting_power->value(), 14.937, 0.001);
}

TEST_F(ModelledTest, AProcessorThatGoesOfflineTakesNoEnergyBack) {
  Works(500, 0, 0);
  const auto meter = kModelled.open("", host_);
  Reading before;
  meter->Read(before);
  folder_.Write("proc/stat", "cpu 0\ncpu1 0 0 0 0\n");
  Reading after;
  meter->Read(after);
  EXPECT_GE(*after.domains[0].total, *before.domains[0].total);
}

TEST_F(ModelledTest, MemoryIsCountedOnlyWhenAskedFor) {
  EXPECT_EQ(kModelled.open("", host_)->domains().size(), 2u);
  host_.with_memory = true;
  folder_.Write("proc/meminfo", "MemTotal:       97656250 kB\nMemFree: 1 kB\n");
  const auto meter = kModelled.open("", host_);
  ASSERT_EQ(meter->domains().size(), 4u);
  EXPECT_EQ(meter->domains()[2].part, "machine/dram-0");
  // 97656250 KiB are 100 GB: 39.2 W, half of it beside each package.
  EXPECT_NEAR(meter->domains()[2].resting_power->value(), 19.6, 1e-9);
  EXPECT_THAT(meter->source(), HasSubstr("0.392 W/GB"));
}

TEST_F(ModelledTest, EveryDomainIsTaggedAndItsSourceNamed) {
  host_.with_memory = true;
  folder_.Write("proc/meminfo", "MemTotal: 1000000 kB\n");
  const auto meter = kModelled.open("", host_);
  for (const Domain& domain : meter->domains()) EXPECT_EQ(domain.evidence, Evidence::kModelled);
  EXPECT_THAT(meter->source(), HasSubstr("Xeon(R) Gold 5120"));
  EXPECT_THAT(meter->source(), HasSubstr("for Skylake"));
}

TEST_F(ModelledTest, RefusesPowersThatNoProcessorHas) {
  for (const double watts : {0.0, -5.0, 1e9}) {
    host_.tdp = Watts(watts);
    EXPECT_THROW(kModelled.open("", host_), Error) << watts;
  }
}

TEST(CpuFactsTest, ReadsWhatTheKernelTells) {
  const TemporaryFolder folder;
  std::filesystem::create_directories(folder.path() / "proc");
  folder.Write("proc/cpuinfo", kTwoSockets);
  const CpuFacts facts = ReadCpuFacts(folder.path());
  ASSERT_EQ(facts.cpus.size(), 3u);
  EXPECT_EQ(facts.cpus[1].package, 1);
  EXPECT_EQ(facts.model, 85);
  EXPECT_TRUE(facts.virtual_machine);
}

TEST(CpuPowerTest, OneModelNumberOfTwoFamiliesIsToldByItsStepping) {
  CpuFacts cpu = {.vendor = "GenuineIntel", .family = 6, .model = 85, .stepping = 4};
  EXPECT_DOUBLE_EQ(PowerOf(cpu).idle.value(), 0.613);
  cpu.stepping = 7;
  EXPECT_DOUBLE_EQ(PowerOf(cpu).idle.value(), 0.690);
}

TEST(CpuPowerTest, AnUnknownProcessorGetsTheMediansAndSaysSo) {
  const CpuPower power = PowerOf(CpuFacts{.vendor = "Nobody", .family = 1});
  // Sorted, the eighth and ninth of the 16 idle powers are .739 and .767, of the busy ones 4.063
  // and 4.104.
  EXPECT_DOUBLE_EQ(power.idle.value(), (0.739 + 0.767) / 2);
  EXPECT_DOUBLE_EQ(power.busy.value(), (4.063 + 4.104) / 2);
  EXPECT_THAT(power.source, HasSubstr("unknown processor"));
  EXPECT_THAT(power.source, HasSubstr("--tdp-w"));
}

}  // namespace
}  // namespace joulecast
