// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <c10/core/Device.h>

#include <cstdint>
#include <optional>
#include <string>

namespace joulecast {

/// "cpu", "cuda" or "cuda:1", made ready: PyTorch's CUDA half is loaded when first asked for.
/// Throws Error{kUsage} for any other name, Error{kDevice} if there is no such device.
at::Device OpenDevice(const std::string& name);

/// Waits for all that is queued there; nothing to do for the CPU.
void SynchronizeDevice(at::Device device);

/// Bytes that can still be allocated there; nullopt if the driver does not say.
std::optional<std::int64_t> FreeDeviceMemory(at::Device device);

/// "NVIDIA H200"; the processor's model name; empty if neither is to be had.
std::string HardwareName(at::Device device);

}  // namespace joulecast
