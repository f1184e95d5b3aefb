// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "joulecast/meter.h"

namespace joulecast {

/// A sensor of energy or power in the kernel's hwmon tree.
struct HwmonSensor {
  std::filesystem::path file;  ///< ".../hwmon3/energy1_input" (microjoules), "power1_average" (uW)
  std::string chip;            ///< "amdgpu"
  bool known = false;          ///< what it counts; else its part is the machine
  Domain domain;
};

/// The sensors of `root`/sys/class/hwmon, best first: those of whole devices whose place in the
/// machine is known. A chip's power is listed only where it counts no energy.
std::vector<HwmonSensor> FindHwmonSensors(const std::filesystem::path& root);

}  // namespace joulecast
