// SPDX-License-Identifier: Apache-2.0
// A library in NVIDIA's place, for tests without a GPU: found as libnvidia-ml.so.1 through
// LD_LIBRARY_PATH. What there is it reads at nvmlInit from the file that $FAKENVML names, one
// line a fact:
//
//     init CODE                   nvmlInit fails with this code
//     gpu UUID WATTS [OPTION...]  a GPU of constant power, with
//         tick-ms=100             its counter is renewed that often (20)
//         late                    each second renewal comes half a tick too late
//         no-energy               no energy counter, as before Volta
//         mig                     it is split
//         lost-after-ms=500       it falls off the bus that long after nvmlInit
//         code=4                  each question about its energy and power fails with this code
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

using Milliseconds = std::chrono::duration<double, std::milli>;

struct nvmlDevice_st {
  unsigned index = 0;
  std::string uuid;
  double watts = 0;
  double tick_ms = 20;
  bool late = false;
  bool no_energy = false;
  bool mig = false;
  double lost_after_ms = HUGE_VAL;
  int code = 0;
};

namespace {

enum : int { kSuccess = 0, kInvalid = 2, kNotSupported = 3, kNotFound = 6, kGpuIsLost = 15 };

struct State {
  int init_code = 0;
  std::vector<nvmlDevice_st> devices;
  std::chrono::steady_clock::time_point start;
};

State& TheState() {
  static State state;
  return state;
}

double ElapsedMs() {
  return Milliseconds(std::chrono::steady_clock::now() - TheState().start).count();
}

void Note(const std::string& option, nvmlDevice_st& device) {
  const std::size_t equals = std::min(option.find('='), option.size());
  const std::string key = option.substr(0, equals);
  const double value = std::strtod(option.c_str() + std::min(equals + 1, option.size()), nullptr);
  if (key == "tick-ms") device.tick_ms = value;
  if (key == "late") device.late = true;
  if (key == "no-energy") device.no_energy = true;
  if (key == "mig") device.mig = true;
  if (key == "lost-after-ms") device.lost_after_ms = value;
  if (key == "code") device.code = static_cast<int>(value);
}

void ReadLine(std::istringstream line, State& state) {
  std::string word;
  line >> word;
  if (word == "init") line >> state.init_code;
  if (word != "gpu") return;
  nvmlDevice_st& device = state.devices.emplace_back();
  device.index = static_cast<unsigned>(state.devices.size() - 1);
  line >> device.uuid >> device.watts;
  while (line >> word) Note(word, device);
}

/// The whole ticks so far, as the counter shows them.
double Ticks(const nvmlDevice_st& device) {
  const double position = ElapsedMs() / device.tick_ms;
  const double ticks = std::floor(position);
  const bool waits = device.late && std::fmod(ticks, 2) == 1 && position - ticks < 0.5;
  return waits ? ticks - 1 : ticks;
}

int CodeOf(const nvmlDevice_st* device) {
  return ElapsedMs() > device->lost_after_ms ? kGpuIsLost : device->code;
}

int Copy(const std::string& text, char* into, unsigned size) {
  if (text.size() >= size) return kInvalid;
  std::strcpy(into, text.c_str());  // NOLINT: it fits
  return kSuccess;
}

}  // namespace

extern "C" {

int nvmlInit_v2() {
  State& state = TheState();
  state = State{0, {}, std::chrono::steady_clock::now()};
  const char* const path = std::getenv("FAKENVML");
  std::ifstream file(path == nullptr ? "" : path);
  for (std::string line; std::getline(file, line);) ReadLine(std::istringstream(line), state);
  return state.init_code;
}

int nvmlShutdown() { return kSuccess; }

const char* nvmlErrorString(int code) {
  switch (code) {
    case 4:
      return "Insufficient Permissions";
    case 6:
      return "Not Found";
    case 9:
      return "Driver Not Loaded";
    case 15:
      return "GPU is lost";
    case 18:
      return "Driver/library version mismatch";
    default:
      return "Unknown Error";
  }
}

int nvmlSystemGetDriverVersion(char* version, unsigned size) {
  return Copy("535.54.03", version, size);
}

int nvmlDeviceGetCount_v2(unsigned* count) {
  *count = static_cast<unsigned>(TheState().devices.size());
  return kSuccess;
}

int nvmlDeviceGetHandleByIndex_v2(unsigned index, nvmlDevice_st** device) {
  if (index >= TheState().devices.size()) return kInvalid;
  *device = &TheState().devices[index];
  return kSuccess;
}

int nvmlDeviceGetHandleByUUID(const char* uuid, nvmlDevice_st** device) {
  for (nvmlDevice_st& each : TheState().devices) {
    if (each.uuid != uuid) continue;
    *device = &each;
    return kSuccess;
  }
  return kNotFound;
}

int nvmlDeviceGetIndex(const nvmlDevice_st* device, unsigned* index) {
  *index = device->index;
  return kSuccess;
}

int nvmlDeviceGetUUID(const nvmlDevice_st* device, char* uuid, unsigned size) {
  return Copy(device->uuid, uuid, size);
}

int nvmlDeviceGetName(const nvmlDevice_st*, char* name, unsigned size) {
  return Copy("Fake GPU", name, size);
}

int nvmlDeviceGetMigMode(const nvmlDevice_st* device, unsigned* current, unsigned* pending) {
  *current = *pending = device->mig ? 1 : 0;
  return kSuccess;
}

int nvmlDeviceGetTotalEnergyConsumption(const nvmlDevice_st* device,
                                        unsigned long long* energy_mj) {
  if (device->no_energy) return kNotSupported;
  *energy_mj = static_cast<unsigned long long>(device->watts * device->tick_ms * Ticks(*device));
  return CodeOf(device);
}

int nvmlDeviceGetPowerUsage(const nvmlDevice_st* device, unsigned* power_mw) {
  *power_mw = static_cast<unsigned>(device->watts * 1000);
  return CodeOf(device);
}

}  // extern "C"
