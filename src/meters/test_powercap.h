// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fstream>
#include <string>

#include "base/temporary_folder.h"
#include "joulecast/meter.h"

namespace joulecast {

/// For tests: a machine whose powercap tree is made of plain files.
class TestPowercap {
 public:
  explicit TestPowercap() { std::filesystem::create_directories(tree()); }

  std::filesystem::path tree() const { return folder_.path() / "sys/class/powercap"; }
  MeterHost host() const { return {.root = folder_.path()}; }

  void AddZone(const std::string& zone, const std::string& name, std::uint64_t energy_uj,
               std::uint64_t range_uj = 262143328850) {
    std::filesystem::create_directories(tree() / zone);
    Write(zone + "/name", name);
    Write(zone + "/max_energy_range_uj", std::to_string(range_uj));
    Set(zone, energy_uj);
  }

  void Set(const std::string& zone, std::uint64_t energy_uj) {
    Write(zone + "/energy_uj", std::to_string(energy_uj));
  }

  /// As the kernel: with an end of line.
  void Write(const std::string& file, const std::string& content) {
    std::ofstream(tree() / file) << content << "\n";
  }

  void AddTwoSockets() {
    // Numbers against the sockets' order, as kernels give them.
    AddZone("intel-rapl:0", "package-1", 1000000);
    AddZone("intel-rapl:0:0", "dram", 2000000);
    AddZone("intel-rapl:1", "package-0", 3000000);
    AddZone("intel-rapl:1:0", "dram", 4000000);
  }

 private:
  TemporaryFolder folder_;
};

}  // namespace joulecast
