// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace joulecast {

/// What kind of machine this is, as far as it decides which counters there can be.
struct HostFacts {
  std::string cpu;     ///< "Intel(R) Xeon(R) Gold 5120 CPU @ 2.20GHz"; empty if unknown
  std::string kernel;  ///< "6.1.0-18-amd64"
  std::optional<std::string> microcode;
  std::optional<std::string> virtual_machine;  ///< the sign of it: "cpuinfo says hypervisor"
  std::optional<std::string> container;        ///< the sign of it: "/.dockerenv exists"
};

/// Reads the signs that systemd-detect-virt reads, under `root`.
HostFacts ReadHostFacts(const std::filesystem::path& root = "/");

}  // namespace joulecast
