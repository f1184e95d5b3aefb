// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>

namespace joulecast {

/// What else shapes a window's energy, at one moment. What cannot be read is absent.
struct Conditions {
  std::optional<double> load_average;       ///< of one minute: runnable and waiting tasks
  std::optional<double> cpu_temperature_c;  ///< of the hottest processor package
};

/// Reads /proc/loadavg and the processor's thermal zones or hwmon sensors under `root`.
Conditions ReadConditions(const std::filesystem::path& root = "/");

}  // namespace joulecast
