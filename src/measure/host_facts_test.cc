// SPDX-License-Identifier: Apache-2.0
#include "measure/host_facts.h"

#include <gtest/gtest.h>

#include "base/temporary_folder.h"

namespace joulecast {
namespace {

class HostFactsTest : public ::testing::Test {
 protected:
  void Write(const std::filesystem::path& name, std::string_view content) {
    std::filesystem::create_directories((root_.path() / name).parent_path());
    root_.Write(name, content);
  }
  HostFacts Read() const { return ReadHostFacts(root_.path()); }

  TemporaryFolder root_;
};

TEST_F(HostFactsTest, APlainMachineShowsNoSigns) {
  Write("proc/cpuinfo",
        "processor\t: 0\nmodel name\t: Intel(R) Xeon(R) Gold 5120 CPU @ 2.20GHz\n"
        "microcode\t: 0x2007006\nflags\t\t: fpu vme rapl\n");
  Write("proc/sys/kernel/osrelease", "6.1.0-18-amd64\n");
  Write("proc/1/cgroup", "0::/init.scope\n");
  Write("sys/class/dmi/id/sys_vendor", "Dell Inc.\n");
  const HostFacts facts = Read();
  EXPECT_EQ(facts.cpu, "Intel(R) Xeon(R) Gold 5120 CPU @ 2.20GHz");
  EXPECT_EQ(facts.microcode, "0x2007006");
  EXPECT_EQ(facts.kernel, "6.1.0-18-amd64");
  EXPECT_FALSE(facts.virtual_machine) << *facts.virtual_machine;
  EXPECT_FALSE(facts.container) << *facts.container;
}

TEST_F(HostFactsTest, TheHypervisorsFlagTells) {
  Write("proc/cpuinfo", "flags\t\t: fpu hypervisor vme\n");
  EXPECT_EQ(Read().virtual_machine, "/proc/cpuinfo has the flag hypervisor");
}

TEST_F(HostFactsTest, TheFirmwareTells) {
  Write("sys/class/dmi/id/sys_vendor", "QEMU\n");
  EXPECT_EQ(Read().virtual_machine, "the firmware says QEMU");
}

TEST_F(HostFactsTest, AMicrosoftLaptopIsNoVirtualMachineButHyperVIs) {
  Write("sys/class/dmi/id/sys_vendor", "Microsoft Corporation\n");
  Write("sys/class/dmi/id/product_name", "Surface Laptop 5\n");
  EXPECT_FALSE(Read().virtual_machine);
  Write("sys/class/dmi/id/product_name", "Virtual Machine\n");
  EXPECT_EQ(Read().virtual_machine, "the firmware says Virtual Machine");
}

TEST_F(HostFactsTest, EachSignOfAContainerIsNamed) {
  Write("proc/1/cgroup", "12:cpu:/kubepods/besteffort/pod1\n");
  EXPECT_EQ(Read().container, "/proc/1/cgroup names kubepods");
  Write("proc/1/environ", std::string_view("PATH=/bin\0container=lxc\0", 24));
  EXPECT_EQ(Read().container, "the first process has container=lxc");
  Write(".dockerenv", "");
  EXPECT_EQ(Read().container, "/.dockerenv exists");
}

}  // namespace
}  // namespace joulecast
