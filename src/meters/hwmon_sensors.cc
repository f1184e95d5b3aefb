// SPDX-License-Identifier: Apache-2.0
// The tree (Documentation/hwmon/sysfs-interface.rst of the kernel):
//
//     hwmonN/name             "amdgpu"
//     hwmonN/device           link to the device, "../../0000:03:00.0"
//     hwmonN/energyM_input    microjoules, and energyM_label
//     hwmonN/powerM_average   microwatts over a while; powerM_input at this moment; powerM_label
#include "meters/hwmon_sensors.h"

#include <algorithm>
#include <array>
#include <optional>

#include "meters/file_reader.h"

namespace joulecast {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 5> kGpuChips = {"amdgpu", "i915", "xe", "nouveau", "radeon"};

bool IsGpu(const std::string& chip) {
  return std::find(kGpuChips.begin(), kGpuChips.end(), chip) != kGpuChips.end();
}

/// Where a sensor's energy goes; nullopt for a chip on a board or in a supply: it may feed
/// anything.
std::optional<std::string> PartOf(const fs::path& folder, const std::string& chip,
                                  const std::string& label) {
  if (IsGpu(chip)) {
    std::error_code error;
    const auto device = fs::read_symlink(folder / "device", error).filename().string();
    const std::string gpu = "machine/gpu-" + (device.empty() ? folder.filename().string() : device);
    const bool whole = label.empty() || label == "card" || label == "PPT";  // PPT: amdgpu's whole
    return whole ? gpu : gpu + "/" + label;
  }
  constexpr std::string_view kSocket = "Esocket";  // amd_energy
  if (chip == "amd_energy" && label.starts_with(kSocket)) {
    return "machine/package-" + label.substr(kSocket.size());
  }
  if (chip == "power_meter") return "machine";  // ACPI's, of a server's supplies
  return std::nullopt;
}

/// A chip's files that begin and end so, in order of their names.
std::vector<std::string> FilesOf(const fs::path& folder, std::string_view begin,
                                 std::string_view end) {
  std::vector<std::string> files;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const std::string file = entry.path().filename().string();
    if (file.starts_with(begin) && file.ends_with(end)) files.push_back(file);
  }
  std::sort(files.begin(), files.end());
  return files;
}

HwmonSensor ReadSensor(const fs::path& folder, const std::string& chip, const std::string& file) {
  const std::string stem = file.substr(0, file.find('_'));  // "energy1"
  const std::string label = ReadLine(folder / (stem + "_label")).value_or("");
  const auto part = PartOf(folder, chip, label);
  HwmonSensor sensor{folder / file, chip, part.has_value(), {}};
  sensor.domain.name = folder.filename().string() + "-" + (label.empty() ? stem : label);
  sensor.domain.part = part.value_or("machine");
  sensor.domain.resolution = Joules(1e-6);
  const bool energy = file.starts_with("energy");
  sensor.domain.evidence = energy ? Evidence::kMeasured : Evidence::kIntegrated;
  return sensor;
}

std::vector<HwmonSensor> SensorsOf(const fs::path& folder) {
  const std::string chip = ReadLine(folder / "name").value_or("");
  std::vector<std::string> files = FilesOf(folder, "energy", "_input");
  if (files.empty()) files = FilesOf(folder, "power", "_average");
  if (files.empty()) files = FilesOf(folder, "power", "_input");
  std::vector<HwmonSensor> sensors;
  for (const std::string& file : files) {
    HwmonSensor sensor = ReadSensor(folder, chip, file);
    // A server has hundreds of cores, each with a sensor, beside those of its sockets.
    if (sensor.domain.name.find("-Ecore") == std::string::npos)
      sensors.push_back(std::move(sensor));
  }
  return sensors;
}

}  // namespace

std::vector<HwmonSensor> FindHwmonSensors(const fs::path& root) {
  std::vector<HwmonSensor> sensors;
  for (const std::string& chip : FilesOf(root / "sys/class/hwmon", "hwmon", "")) {
    for (HwmonSensor& sensor : SensorsOf(root / "sys/class/hwmon" / chip)) {
      sensors.push_back(std::move(sensor));
    }
  }
  const auto depth = [](const HwmonSensor& sensor) {
    const std::string& part = sensor.domain.part;
    return sensor.known ? std::count(part.begin(), part.end(), '/') : 9;
  };
  std::stable_sort(sensors.begin(), sensors.end(),
                   [&](const auto& a, const auto& b) { return depth(a) < depth(b); });
  return sensors;
}

}  // namespace joulecast
