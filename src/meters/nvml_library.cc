// SPDX-License-Identifier: Apache-2.0
#include "meters/nvml_library.h"

#include <dlfcn.h>

#include <array>
#include <utility>

#include "meters/meter_obstacle.h"

namespace joulecast {
namespace {

// Of nvmlReturn_t.
constexpr int kSuccess = 0;
constexpr int kNotSupported = 3;
constexpr int kNoPermission = 4;
constexpr int kDriverNotLoaded = 9;
constexpr int kLibraryVersionMismatch = 18;
constexpr int kFunctionNotFound = 13;

std::string FixOfInitialising(int code) {
  switch (code) {
    case kDriverNotLoaded:
      return "load the driver: sudo modprobe nvidia; in a container, run it with --gpus all";
    case kNoPermission:
      return "let this user read and write /dev/nvidiactl and /dev/nvidia0; in a container, run it "
             "with --gpus all";
    case kLibraryVersionMismatch:
      return "the driver was updated: reboot, or load it anew";
    default:
      return "see whether nvidia-smi works here";
  }
}

/// A text that NVML writes into a buffer.
template <typename Call>
std::string TextOf(const Call& call) {
  std::array<char, 128> text = {};  // the longest that nvml.h asks for is 96
  call(text.data(), static_cast<unsigned>(text.size()));
  return text.data();
}

}  // namespace

NvmlLibrary::NvmlLibrary() : handle_(::dlopen("libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL)) {
  if (handle_ == nullptr) {
    throw MeterObstacle(ErrorKind::kDevice, std::string("nvml: ") + ::dlerror(),
                        "install NVIDIA's driver; in a container, run it with --gpus all");
  }
  try {
    LoadFunctions();
    Initialise();
  } catch (...) {
    ::dlclose(handle_);
    throw;
  }
}

NvmlLibrary::~NvmlLibrary() {
  nvml_.Shutdown();
  ::dlclose(handle_);
}

void NvmlLibrary::LoadFunctions() {
  const auto find = [&]<typename Function>(const char* name, Function*& function) {
    function = reinterpret_cast<Function*>(::dlsym(handle_, name));
    return function != nullptr;
  };
  const bool complete = find("nvmlInit_v2", nvml_.Init_v2) &&
                        find("nvmlShutdown", nvml_.Shutdown) &&
                        find("nvmlErrorString", nvml_.ErrorString) &&
                        find("nvmlSystemGetDriverVersion", nvml_.SystemGetDriverVersion) &&
                        find("nvmlDeviceGetCount_v2", nvml_.DeviceGetCount_v2) &&
                        find("nvmlDeviceGetHandleByIndex_v2", nvml_.DeviceGetHandleByIndex_v2) &&
                        find("nvmlDeviceGetHandleByUUID", nvml_.DeviceGetHandleByUUID) &&
                        find("nvmlDeviceGetIndex", nvml_.DeviceGetIndex) &&
                        find("nvmlDeviceGetUUID", nvml_.DeviceGetUUID) &&
                        find("nvmlDeviceGetName", nvml_.DeviceGetName) &&
                        find("nvmlDeviceGetPowerUsage", nvml_.DeviceGetPowerUsage);
  if (!complete) {
    throw MeterObstacle(ErrorKind::kDevice,
                        std::string("nvml: libnvidia-ml.so.1 is too old: ") + ::dlerror(),
                        "install a driver of 2012 or later");
  }
  find("nvmlDeviceGetMigMode", nvml_.DeviceGetMigMode);
  find("nvmlDeviceGetTotalEnergyConsumption", nvml_.DeviceGetTotalEnergyConsumption);
}

void NvmlLibrary::Initialise() {
  const int code = nvml_.Init_v2();
  if (code == kSuccess) return;
  throw MeterObstacle(code == kNoPermission ? ErrorKind::kPermission : ErrorKind::kDevice,
                      std::string("nvml: cannot be initialised: ") + nvml_.ErrorString(code),
                      FixOfInitialising(code));
}

void NvmlLibrary::Check(int code, const std::string& call) const {
  if (code == kSuccess) return;
  throw Error(code == kNoPermission ? ErrorKind::kPermission : ErrorKind::kDevice,
              "nvml: " + call + ": " + nvml_.ErrorString(code));
}

std::string NvmlLibrary::DriverVersion() const {
  return TextOf([&](char* text, unsigned size) {
    Check(nvml_.SystemGetDriverVersion(text, size), "nvmlSystemGetDriverVersion");
  });
}

unsigned NvmlLibrary::CountDevices() const {
  unsigned count = 0;
  Check(nvml_.DeviceGetCount_v2(&count), "nvmlDeviceGetCount");
  return count;
}

NvmlLibrary::Device NvmlLibrary::FindByIndex(unsigned index) const {
  Device device = nullptr;
  Check(nvml_.DeviceGetHandleByIndex_v2(index, &device),
        "nvmlDeviceGetHandleByIndex(" + std::to_string(index) + ")");
  return device;
}

NvmlLibrary::Device NvmlLibrary::FindByUuid(const std::string& uuid) const {
  Device device = nullptr;
  Check(nvml_.DeviceGetHandleByUUID(uuid.c_str(), &device),
        "nvmlDeviceGetHandleByUUID(" + uuid + ")");
  return device;
}

unsigned NvmlLibrary::IndexOf(Device device) const {
  unsigned index = 0;
  Check(nvml_.DeviceGetIndex(device, &index), "nvmlDeviceGetIndex");
  return index;
}

std::string NvmlLibrary::UuidOf(Device device) const {
  return TextOf([&](char* text, unsigned size) {
    Check(nvml_.DeviceGetUUID(device, text, size), "nvmlDeviceGetUUID");
  });
}

std::string NvmlLibrary::NameOf(Device device) const {
  return TextOf([&](char* text, unsigned size) {
    Check(nvml_.DeviceGetName(device, text, size), "nvmlDeviceGetName");
  });
}

bool NvmlLibrary::IsSplitByMig(Device device) const {
  if (nvml_.DeviceGetMigMode == nullptr) return false;
  unsigned current = 0;
  unsigned pending = 0;
  const int code = nvml_.DeviceGetMigMode(device, &current, &pending);
  if (code == kNotSupported || code == kFunctionNotFound) return false;
  Check(code, "nvmlDeviceGetMigMode");
  return current != 0;
}

bool NvmlLibrary::HasEnergyCounter(Device device) const {
  if (nvml_.DeviceGetTotalEnergyConsumption == nullptr) return false;
  unsigned long long millijoules = 0;
  const int code = nvml_.DeviceGetTotalEnergyConsumption(device, &millijoules);
  if (code == kNotSupported || code == kFunctionNotFound) return false;
  Check(code, "nvmlDeviceGetTotalEnergyConsumption");
  return true;
}

std::uint64_t NvmlLibrary::EnergyMillijoules(Device device) const {
  unsigned long long millijoules = 0;
  Check(nvml_.DeviceGetTotalEnergyConsumption(device, &millijoules),
        "nvmlDeviceGetTotalEnergyConsumption");
  return millijoules;
}

Watts NvmlLibrary::Power(Device device) const {
  unsigned milliwatts = 0;
  Check(nvml_.DeviceGetPowerUsage(device, &milliwatts), "nvmlDeviceGetPowerUsage");
  return Watts(milliwatts * 1e-3);
}

}  // namespace joulecast
