// SPDX-License-Identifier: Apache-2.0
#include "measure/conditions.h"

#include <gtest/gtest.h>

#include "base/temporary_folder.h"

namespace joulecast {
namespace {

class ConditionsTest : public ::testing::Test {
 protected:
  void Write(const std::filesystem::path& name, const char* content) {
    std::filesystem::create_directories((root_.path() / name).parent_path());
    root_.Write(name, content);
  }

  TemporaryFolder root_;
};

TEST_F(ConditionsTest, WhatIsNotThereIsAbsent) {
  const Conditions now = ReadConditions(root_.path());
  EXPECT_FALSE(now.load_average);
  EXPECT_FALSE(now.cpu_temperature_c);
}

TEST_F(ConditionsTest, ReadsTheLoadOfOneMinute) {
  Write("proc/loadavg", "0.75 1.50 2.25 2/345 6789\n");
  EXPECT_EQ(ReadConditions(root_.path()).load_average, 0.75);
}

TEST_F(ConditionsTest, TheHottestProcessorCountsAndNothingElse) {
  Write("sys/class/thermal/thermal_zone0/type", "acpitz\n");
  Write("sys/class/thermal/thermal_zone0/temp", "99000\n");
  Write("sys/class/thermal/thermal_zone1/type", "x86_pkg_temp\n");
  Write("sys/class/thermal/thermal_zone1/temp", "54000\n");
  Write("sys/class/hwmon/hwmon2/name", "k10temp\n");
  Write("sys/class/hwmon/hwmon2/temp1_input", "61500\n");
  EXPECT_EQ(ReadConditions(root_.path()).cpu_temperature_c, 61.5);
}

}  // namespace
}  // namespace joulecast
