// SPDX-License-Identifier: Apache-2.0
#include "measure/campaign/identity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/temporary_folder.h"
#include "measure/clock.h"
#include "measure/scripted_meter.h"

namespace joulecast {
namespace {

using nlohmann::json;
using testing::StartsWith;

class IdentityTest : public testing::Test {
 protected:
  void Put(const std::string& path, const std::string& text) {
    std::filesystem::create_directories((folder_.path() / path).parent_path());
    folder_.Write(path, text);
  }
  void PutCache(int index, const char* level, const char* type, const char* size) {
    const std::string folder =
        "sys/devices/system/cpu/cpu0/cache/index" + std::to_string(index) + "/";
    Put(folder + "level", level);
    Put(folder + "type", type);
    Put(folder + "size", size);
  }

  TemporaryFolder folder_;
  BackendDescription backend_{.software = "libtorch 1.13.1",
                              .device = "cpu",
                              .hardware = "Intel(R) Xeon(R) Gold 5120 CPU @ 2.20GHz",
                              .threads = 2,
                              .facts = {{"allocator", "glibc"}}};
};

TEST_F(IdentityTest, ADeviceIsItsHardwareAndSoftware) {
  Put("proc/cpuinfo",
      "processor\t: 0\nphysical id\t: 0\nflags\t\t: fpu avx avx2 avx512f\n\n"
      "processor\t: 1\nphysical id\t: 1\nflags\t\t: fpu avx avx2 avx512f\n");
  PutCache(0, "1", "Data", "48K\n");
  PutCache(1, "1", "Instruction", "32K\n");
  PutCache(2, "2", "Unified", "2M\n");
  PutCache(3, "3", "Unified", "19712K\n");
  const Device device = DescribeDevice(backend_, "", folder_.path());
  EXPECT_EQ(device.name, "intel-xeon-gold-5120");
  EXPECT_EQ(device.sockets, 2);
  EXPECT_EQ(device.software, "libtorch 1.13.1, 2 threads");
  const json facts = json::parse(device.host_facts);
  EXPECT_EQ(facts["l1d_bytes"], 48 * 1024);
  EXPECT_EQ(facts["l2_bytes"], 2 * 1024 * 1024);
  EXPECT_EQ(facts["l3_bytes"], 19712 * 1024);
  EXPECT_EQ(facts["vector_instructions"], json({"avx", "avx2", "avx512f"}));
  EXPECT_EQ(facts["allocator"], "glibc");
  EXPECT_EQ(DescribeDevice(backend_, "mine", folder_.path()).name, "mine");
}

TEST_F(IdentityTest, WhatTheSystemDoesNotTellIsLeftOut) {
  backend_.hardware = "";
  const Device device = DescribeDevice(backend_, "", folder_.path());
  EXPECT_EQ(device.name, "unknown");
  EXPECT_FALSE(device.sockets);
  EXPECT_FALSE(json::parse(device.host_facts).contains("l2_bytes"));
}

TEST_F(IdentityTest, ARunNamesItsHostAndMeters) {
  Put("proc/sys/kernel/hostname", "node-7\n");
  Put("proc/sys/kernel/osrelease", "6.1.0\n");
  TestClock clock;
  std::vector<std::unique_ptr<Meter>> meters;
  auto meter = std::make_unique<ScriptedMeter>("fake", clock);
  meter->Add({.name = "cpu", .part = "machine"}, ConstantPower(5));
  meters.push_back(std::move(meter));
  const CampaignRun run =
      DescribeRun(Campaign{.name = "c", .seed = 3}, {2, 8}, meters, "joulecast 1", folder_.path());
  EXPECT_THAT(run.name, StartsWith("node-7 20"));
  const json facts = json::parse(run.facts);
  EXPECT_EQ(facts["host"], "node-7");
  EXPECT_EQ(facts["kernel"], "6.1.0");
  EXPECT_EQ(facts["shard"], "2/8");
  EXPECT_TRUE(facts["memory_bytes"].is_null());
  EXPECT_EQ(facts["meters"][0]["domains"][0]["evidence"], "measured");
}

}  // namespace
}  // namespace joulecast
