// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace joulecast {

/// One logical processor, as /proc/cpuinfo tells it.
struct LogicalCpu {
  int number = 0;
  int package = 0;  ///< 0 where the kernel does not tell
};

/// What meters need to know of the processors.
struct CpuFacts {
  std::vector<LogicalCpu> cpus;
  std::string vendor;  ///< "GenuineIntel", "AuthenticAMD"; empty elsewhere
  int family = 0;
  int model = 0;
  int stepping = 0;
  std::string model_name;
  bool virtual_machine = false;  ///< a hypervisor says that it is there
};

/// Reads `root`/proc/cpuinfo; what it does not say stays empty.
CpuFacts ReadCpuFacts(const std::filesystem::path& root);

}  // namespace joulecast
