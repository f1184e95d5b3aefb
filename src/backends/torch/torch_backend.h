// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "backends/backend.h"

namespace joulecast {

struct TorchSettings {
  std::string device = "cpu";     ///< "cpu", "cuda", "cuda:1"
  std::optional<int> threads;     ///< on the CPU; all processors that we may use if left out
  std::uint64_t seed = 1;         ///< of weights and inputs
  Fusion fusion = Fusion::kNone;  ///< of nets; eager PyTorch does no relu in a convolution
};

/// PyTorch's C++ library. The number of threads is the process's: of several backends the one
/// opened last decides. Throws Error{kUsage} for settings that cannot be, Error{kDevice} if there
/// is no such device.
std::unique_ptr<Backend> OpenTorchBackend(const TorchSettings& settings = {});

}  // namespace joulecast
