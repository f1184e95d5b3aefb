// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "joulecast/units.h"

namespace joulecast {

/// NVIDIA's management library, loaded when first wanted. Its C interface is stable by name (nvml.h
/// of the CUDA toolkit); only what is called is declared here.
class NvmlLibrary {
 public:
  using Device = struct nvmlDevice_st*;

  /// Loads and initialises it. Throws MeterObstacle where there is no library, no driver or no
  /// right.
  NvmlLibrary();
  ~NvmlLibrary();
  NvmlLibrary(const NvmlLibrary&) = delete;
  NvmlLibrary& operator=(const NvmlLibrary&) = delete;

  // Each throws Error{kDevice}, or Error{kPermission}, naming the call and NVML's own reason.
  std::string DriverVersion() const;
  unsigned CountDevices() const;
  Device FindByIndex(unsigned index) const;
  Device FindByUuid(const std::string& uuid) const;
  unsigned IndexOf(Device device) const;
  std::string UuidOf(Device device) const;
  std::string NameOf(Device device) const;
  bool IsSplitByMig(Device device) const;
  bool HasEnergyCounter(Device device) const;  ///< none before Volta
  std::uint64_t EnergyMillijoules(Device device) const;
  Watts Power(Device device) const;

 private:
  /// NVML's functions, by their names without the `nvml`; null where this version has none.
  struct Functions {
    int (*Init_v2)();
    int (*Shutdown)();
    const char* (*ErrorString)(int);
    int (*SystemGetDriverVersion)(char*, unsigned);
    int (*DeviceGetCount_v2)(unsigned*);
    int (*DeviceGetHandleByIndex_v2)(unsigned, Device*);
    int (*DeviceGetHandleByUUID)(const char*, Device*);
    int (*DeviceGetIndex)(Device, unsigned*);
    int (*DeviceGetUUID)(Device, char*, unsigned);
    int (*DeviceGetName)(Device, char*, unsigned);
    int (*DeviceGetMigMode)(Device, unsigned*, unsigned*);
    int (*DeviceGetTotalEnergyConsumption)(Device, unsigned long long*);
    int (*DeviceGetPowerUsage)(Device, unsigned*);
  };

  void LoadFunctions();
  void Initialise();
  void Check(int code, const std::string& call) const;

  void* handle_ = nullptr;
  Functions nvml_ = {};
};

}  // namespace joulecast
