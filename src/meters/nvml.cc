// SPDX-License-Identifier: Apache-2.0
// NVIDIA's GPUs: the driver's energy counter, or where there is none its power, summed over time.
#include <algorithm>
#include <utility>

#include "base/text.h"
#include "meters/catalog.h"
#include "meters/counter_meter.h"
#include "meters/meter_obstacle.h"
#include "meters/nvml_library.h"
#include "meters/wrap_counter.h"

namespace joulecast {
namespace {

// The counters of one meter share the library, and the last of them closes it.
using Library = std::shared_ptr<const NvmlLibrary>;
using Device = NvmlLibrary::Device;

// The driver renews a GPU's power every 20 to 100 ms (Yang, Adamek, Armour, "Part-time power
// measurements", SC 2024): often enough to see each value, or nearly.
constexpr Seconds kPowerGap(0.05);

class EnergyCounter final : public Counter {
 public:
  EnergyCounter(Library nvml, Device device) : nvml_(std::move(nvml)), device_(device) {}

  void Read(TimePoint, DomainReading& into) override {
    into.raw = counter_.Advance(nvml_->EnergyMillijoules(device_));
    into.total = Joules(static_cast<double>(*into.raw) * 1e-3);
  }

 private:
  Library nvml_;
  Device device_;
  RisingCounter counter_;
};

/// Refuses a GPU that is split: its counter is that of all instances together, and who uses one of
/// them would be charged for its neighbours.
void CheckWhole(const NvmlLibrary& nvml, Device device, const std::string& name) {
  if (!nvml.IsSplitByMig(device)) return;
  throw Error(ErrorKind::kDevice, "nvml: " + name +
                                      " is split by MIG, and its counter cannot tell the instances "
                                      "apart; switch MIG off: sudo nvidia-smi -i " +
                                      name.substr(name.find('-') + 1) + " -mig 0");
}

CountedDomain Count(const Library& nvml, Device device) {
  const std::string name = "gpu-" + std::to_string(nvml->IndexOf(device));
  CountedDomain counted{.domain = {.name = name, .part = "machine/gpu-" + nvml->UuidOf(device)}};
  try {
    CheckWhole(*nvml, device, name);
    counted.domain.resolution = Joules(1e-3);
    if (nvml->HasEnergyCounter(device)) {
      counted.counter = std::make_unique<EnergyCounter>(nvml, device);
    } else {
      nvml->Power(device);  // or throws
      counted.domain.evidence = Evidence::kIntegrated;
      counted.longest_gap = kPowerGap;
      counted.counter =
          std::make_unique<PowerIntegral>([nvml, device] { return nvml->Power(device); });
    }
  } catch (const Error& error) {
    counted.failure = error.what();
  }
  return counted;
}

Device FindNamed(const NvmlLibrary& nvml, std::string_view argument) {
  if (argument.starts_with("MIG-")) {
    throw Error(ErrorKind::kDevice, "nvml: " + Printable(argument, 80) +
                                        " is an instance of a GPU split by MIG, and has no energy "
                                        "counter of its own; name a whole GPU");
  }
  if (argument.starts_with("GPU-")) return nvml.FindByUuid(std::string(argument));
  const auto index = ParseInt(argument);
  const unsigned count = nvml.CountDevices();
  if (index && *index >= 0 && *index < count) {
    return nvml.FindByIndex(static_cast<unsigned>(*index));
  }
  throw Error(index ? ErrorKind::kDevice : ErrorKind::kUsage,
              "nvml: no GPU '" + Printable(argument, 80) + "': there are " + std::to_string(count) +
                  ", counted from 0; or give a UUID as nvidia-smi -L tells it, GPU-...");
}

std::vector<Device> FindDevices(const NvmlLibrary& nvml, std::string_view argument) {
  if (!argument.empty()) return {FindNamed(nvml, argument)};
  std::vector<Device> devices(nvml.CountDevices());
  for (unsigned index = 0; index < devices.size(); ++index) {
    devices[index] = nvml.FindByIndex(index);
  }
  return devices;
}

std::string Describe(const NvmlLibrary& nvml, const std::vector<Device>& devices) {
  std::vector<std::string> names;
  for (const Device device : devices) names.push_back(nvml.NameOf(device));
  return "NVML, driver " + nvml.DriverVersion() + ": " + Join(names, ", ");
}

std::unique_ptr<Meter> Open(std::string_view argument, const MeterHost&) {
  const auto nvml = std::make_shared<NvmlLibrary>();
  const std::vector<Device> devices = FindDevices(*nvml, argument);
  if (devices.empty()) {
    throw MeterObstacle(ErrorKind::kDevice, "nvml: the driver sees no GPU",
                        "see nvidia-smi -L; in a container, run it with --gpus all");
  }
  std::vector<CountedDomain> domains;
  for (const Device device : devices) domains.push_back(Count(nvml, device));
  const auto works = [](const CountedDomain& domain) { return domain.counter != nullptr; };
  if (std::none_of(domains.begin(), domains.end(), works)) {
    throw Error(ErrorKind::kDevice, domains.front().failure);
  }
  return std::make_unique<CounterMeter>("nvml", Describe(*nvml, devices), std::move(domains));
}

}  // namespace

const MeterType kNvml = {.name = "nvml",
                         .summary = "NVIDIA GPUs",
                         .argument = "GPU index or UUID",
                         .preference = 30,
                         .open = Open};

}  // namespace joulecast
