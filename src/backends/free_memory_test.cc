// SPDX-License-Identifier: Apache-2.0
#include "backends/free_memory.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/temporary_folder.h"

namespace joulecast {
namespace {

class FreeMemoryTest : public testing::Test {
 protected:
  void Write(const std::string& file, const std::string& text) {
    const auto path = folder_.path() / file;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }
  void WriteMeminfo() { Write("proc/meminfo", "MemTotal:  8000 kB\nMemAvailable:  4000 kB\n"); }
  std::optional<std::int64_t> Free() const { return FreeHostMemory(folder_.path()); }

 private:
  TemporaryFolder folder_;
};

TEST_F(FreeMemoryTest, IsWhatTheMachineHasLeft) {
  WriteMeminfo();
  EXPECT_EQ(Free(), 4000 * 1024);
}

TEST_F(FreeMemoryTest, ALimitOfAnyGroupAboveBindsAndItsPageCacheCountsAsFree) {
  WriteMeminfo();
  Write("proc/self/cgroup", "0::/slice/job\n");
  Write("sys/fs/cgroup/slice/job/memory.max", "max\n");
  Write("sys/fs/cgroup/slice/job/memory.current", "500000\n");
  Write("sys/fs/cgroup/slice/memory.max", "1000000\n");
  Write("sys/fs/cgroup/slice/memory.current", "700000\n");
  Write("sys/fs/cgroup/slice/memory.stat", "anon 600000\ninactive_file 100000\n");
  EXPECT_EQ(Free(), 1000000 - 700000 + 100000);
}

TEST_F(FreeMemoryTest, ContainersSeeTheirGroupAsTheTop) {
  WriteMeminfo();
  Write("proc/self/cgroup", "0::/\n");
  Write("sys/fs/cgroup/memory.max", "3000\n");
  Write("sys/fs/cgroup/memory.current", "1000\n");
  EXPECT_EQ(Free(), 2000);
}

TEST_F(FreeMemoryTest, UnderstandsTheFirstVersionOfControlGroups) {
  WriteMeminfo();
  Write("proc/self/cgroup", "12:cpu,cpuacct:/a\n9:memory:/docker/b\n");
  Write("sys/fs/cgroup/memory/docker/b/memory.limit_in_bytes", "1048576\n");
  Write("sys/fs/cgroup/memory/docker/b/memory.usage_in_bytes", "1000000\n");
  EXPECT_EQ(Free(), 48576);
}

TEST_F(FreeMemoryTest, IsNeverNegativeAndUnknownWithoutProc) {
  EXPECT_EQ(Free(), std::nullopt);
  WriteMeminfo();
  Write("proc/self/cgroup", "0::/\n");
  Write("sys/fs/cgroup/memory.max", "1000\n");
  Write("sys/fs/cgroup/memory.current", "3000\n");
  EXPECT_EQ(Free(), 0);
}

TEST(FreeMemoryHereTest, IsSomethingPositive) {
  const auto free = FreeHostMemory();
  if (!free) GTEST_SKIP() << "this system has no /proc/meminfo";
  EXPECT_GT(*free, 0);
}

}  // namespace
}  // namespace joulecast
