// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/temporary_folder.h"
#include "joulecast/error.h"
#include "meters/catalog.h"
#include "meters/test_power.h"

namespace joulecast {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class HwmonTest : public ::testing::Test {
 protected:
  void Write(const std::string& file, std::string_view content) {
    const auto path = folder_.path() / "sys/class/hwmon" / file;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << content << "\n";
  }

  std::unique_ptr<Meter> Open(std::string_view chip = "") { return kHwmon.open(chip, host()); }

  MeterHost host() const { return {.root = folder_.path()}; }

  static std::vector<std::string> Parts(const Meter& meter) {
    std::vector<std::string> parts;
    for (const Domain& domain : meter.domains()) parts.push_back(domain.name + "=" + domain.part);
    return parts;
  }

  TemporaryFolder folder_;
};

TEST_F(HwmonTest, AGpusPowerIsSummedAndTaggedSo) {
  Write("hwmon3/name", "amdgpu");
  Write("hwmon3/power1_average", "40000000");
  Write("hwmon3/power1_label", "PPT");
  std::filesystem::create_symlink("../../0000:03:00.0",
                                  folder_.path() / "sys/class/hwmon/hwmon3/device");
  const auto meter = Open();
  EXPECT_THAT(Parts(*meter), ElementsAre("hwmon3-PPT=machine/gpu-0000:03:00.0"));
  EXPECT_EQ(meter->domains()[0].evidence, Evidence::kIntegrated);
  ASSERT_TRUE(meter->longest_gap());
  ExpectPower(*meter, Watts(40));
}

TEST_F(HwmonTest, EnergyIsTakenBeforePowerAndTheWholeCardBeforeItsParts) {
  Write("hwmon2/name", "xe");
  Write("hwmon2/energy1_label", "pkg");
  Write("hwmon2/energy1_input", "5");
  Write("hwmon2/energy2_label", "card");
  Write("hwmon2/energy2_input", "7000000");
  Write("hwmon2/power1_input", "1");
  const auto meter = Open();
  EXPECT_THAT(Parts(*meter),
              ElementsAre("hwmon2-card=machine/gpu-hwmon2", "hwmon2-pkg=machine/gpu-hwmon2/pkg"));
  Reading reading;
  meter->Read(reading);
  EXPECT_DOUBLE_EQ(reading.domains[0].total->value(), 7);
  EXPECT_EQ(meter->domains()[0].evidence, Evidence::kMeasured);
  Write("hwmon2/energy2_input", "6999999");
  meter->Read(reading);
  EXPECT_THAT(reading.domains[0].failure, HasSubstr("fell from 7000000 to 6999999"));
}

TEST_F(HwmonTest, SocketsOfAmdAreCountedAndTheirCoresNotAgain) {
  Write("hwmon0/name", "amd_energy");
  Write("hwmon0/energy1_label", "Ecore000");
  Write("hwmon0/energy1_input", "1");
  Write("hwmon0/energy2_label", "Esocket0");
  Write("hwmon0/energy2_input", "2");
  EXPECT_THAT(Parts(*Open()), ElementsAre("hwmon0-Esocket0=machine/package-0"));
}

TEST_F(HwmonTest, AChipThatMayFeedAnythingIsReadOnlyWhenNamed) {
  Write("hwmon1/name", "ina219");
  Write("hwmon1/power1_input", "2500000");
  const Availability availability = Probe(kHwmon, host());
  EXPECT_FALSE(availability.works);
  EXPECT_THAT(availability.fix, HasSubstr("--meter hwmon:ina219"));
  EXPECT_THAT(Parts(*Open("ina219")), ElementsAre("hwmon1-power1=machine"));
  EXPECT_THAT(Parts(*Open("hwmon1")), ElementsAre("hwmon1-power1=machine"));
}

}  // namespace
}  // namespace joulecast
