// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <vector>

#include "joulecast/meter.h"

namespace joulecast {

/// One energy zone of the kernel's powercap tree.
struct PowercapZone {
  std::filesystem::path folder;  ///< ".../powercap/intel-rapl:0:1"
  Domain domain;                 ///< named by the zone's name, never by its number
};

/// The RAPL zones below a folder like /sys/class/powercap that tell their names, best first:
/// packages, memory, then what lies within or around them. Of twins - one register through two
/// drivers - only one.
std::vector<PowercapZone> FindPowercapZones(const std::filesystem::path& tree);

}  // namespace joulecast
