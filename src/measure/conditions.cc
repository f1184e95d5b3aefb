// SPDX-License-Identifier: Apache-2.0
#include "measure/conditions.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "base/text.h"
#include "measure/system_file.h"

namespace joulecast {
namespace {

namespace fs = std::filesystem;

// The names that kernel drivers give to processor packages: thermal/intel, the device trees of ARM
// boards, hwmon's coretemp, k10temp.
constexpr std::array<std::string_view, 7> kProcessorSensors = {
    "x86_pkg_temp", "cpu-thermal", "cpu_thermal", "soc-thermal", "coretemp", "k10temp", "zenpower"};

void AddSensor(const fs::path& name, const fs::path& value, std::optional<double>& hottest) {
  const auto kind = ReadSystemFile(name);
  if (!kind || std::ranges::find(kProcessorSensors, *kind) == kProcessorSensors.end()) return;
  const auto text = ReadSystemFile(value);
  const auto millidegrees = text ? ParseInt(*text) : std::nullopt;
  if (!millidegrees) return;
  hottest = std::max(hottest.value_or(-273.15), 1e-3 * static_cast<double>(*millidegrees));
}

}  // namespace

Conditions ReadConditions(const fs::path& root) {
  Conditions now;
  if (const auto text = ReadSystemFile(root / "proc/loadavg")) {
    now.load_average = ParseDouble(Split(*text, ' ').front());
  }
  std::error_code ignored;  // no such folder: no such sensors
  for (const auto& zone : fs::directory_iterator(root / "sys/class/thermal", ignored)) {
    AddSensor(zone.path() / "type", zone.path() / "temp", now.cpu_temperature_c);
  }
  for (const auto& chip : fs::directory_iterator(root / "sys/class/hwmon", ignored)) {
    AddSensor(chip.path() / "name", chip.path() / "temp1_input", now.cpu_temperature_c);
  }
  return now;
}

}  // namespace joulecast
