// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "joulecast/meter.h"

namespace joulecast {

/// One energy event of the kernel's power PMU, on one of the processors that count it.
struct PerfEvent {
  Domain domain;
  std::uint32_t type = 0;    ///< of the PMU
  std::uint64_t config = 0;  ///< of the event
  int cpu = 0;
  Joules unit;          ///< one count
  std::string failure;  ///< why it cannot be counted, where the tree makes no sense
};

/// What `root`/sys/bus/event_source/devices/power describes, best first; nothing if there is no
/// such PMU.
std::vector<PerfEvent> FindPerfEvents(const std::filesystem::path& root);

}  // namespace joulecast
