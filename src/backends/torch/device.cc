// SPDX-License-Identifier: Apache-2.0
// CUDA without its headers: PyTorch's own hooks, and two functions of the driver's stable interface
// (https://docs.nvidia.com/cuda/cuda-driver-api), so that one build serves every installation.
#include "backends/torch/device.h"

#include <ATen/detail/CUDAHooksInterface.h>
#include <c10/util/Exception.h>
#include <dlfcn.h>

#include <array>
#include <fstream>

#include "backends/free_memory.h"
#include "base/text.h"
#include "joulecast/error.h"

// Older releases tell nobody without CUDA's headers what their cache holds: free memory is then
// unknown, and too large a workload ends in an error of PyTorch's.
#if __has_include(<c10/core/CachingDeviceAllocator.h>)
#include <c10/core/CachingDeviceAllocator.h>
#include <torch/version.h>
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 9)
#define JOULECAST_TORCH_TELLS_MEMORY
#endif
#endif

namespace joulecast {
namespace {

/// A function of the driver that PyTorch has loaded; null if there is none.
template <typename Function>
Function* DriverFunction(const char* name) {
  void* driver = ::dlopen("libcuda.so.1", RTLD_LAZY | RTLD_NOLOAD);
  if (driver == nullptr) return nullptr;
  return reinterpret_cast<Function*>(::dlsym(driver, name));
}

void LoadCuda(const std::string& name) {
  if (::dlopen("libtorch_cuda.so", RTLD_NOW | RTLD_GLOBAL) != nullptr) return;
  const char* why = ::dlerror();
  throw Error(ErrorKind::kDevice,
              name + ": cannot load PyTorch's CUDA library: " + (why ? why : "no reason given") +
                  "; build against a PyTorch with CUDA, or take the device cpu");
}

}  // namespace

at::Device OpenDevice(const std::string& name) {
  std::optional<at::Device> device;
  try {
    device.emplace(name);
  } catch (const c10::Error&) {  // no name of PyTorch's
  }
  if (!device || !(device->is_cpu() || device->is_cuda())) {
    throw Error(ErrorKind::kUsage,
                "device '" + Printable(name, 60) + "' does not exist; take cpu, cuda or cuda:1");
  }
  if (device->is_cpu()) return at::kCPU;
  if (!device->has_index()) device.emplace(at::kCUDA, 0);
  LoadCuda(name);
  const int count = at::detail::getCUDAHooks().getNumGPUs();
  if (device->index() >= count) {
    throw Error(ErrorKind::kDevice, name + ": this machine has " + std::to_string(count) +
                                        " CUDA devices that PyTorch can use; see nvidia-smi");
  }
  return *device;
}

void SynchronizeDevice(at::Device device) {
  if (device.is_cuda()) at::detail::getCUDAHooks().deviceSynchronize(device.index());
}

std::optional<std::int64_t> FreeDeviceMemory(at::Device device) {
  if (device.is_cpu()) return FreeHostMemory();
#ifdef JOULECAST_TORCH_TELLS_MEMORY
  auto* allocator = dynamic_cast<c10::DeviceAllocator*>(c10::GetAllocator(device.type()));
  std::size_t free = 0;
  std::size_t total = 0;
  auto* ask = DriverFunction<int(std::size_t*, std::size_t*)>("cuMemGetInfo_v2");
  if (allocator == nullptr || ask == nullptr) return std::nullopt;
  allocator->emptyCache();
  SynchronizeDevice(device);  // makes the device's context the one that is asked
  if (ask(&free, &total) != 0) return std::nullopt;
  return static_cast<std::int64_t>(free);
#else
  return std::nullopt;
#endif
}

std::string HardwareName(at::Device device) {
  if (device.is_cuda()) {
    std::array<char, 256> name{};
    auto* ask = DriverFunction<int(char*, int, int)>("cuDeviceGetName");
    const bool told = ask != nullptr && ask(name.data(), 255, device.index()) == 0;
    return told ? name.data() : "";
  }
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    if (line.starts_with("model name")) return std::string(Trim(line.substr(line.find(':') + 1)));
  }
  return "";
}

}  // namespace joulecast
