// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <c10/core/Device.h>

#include "backends/backend.h"

namespace joulecast {

/// What this process runs with: PyTorch, its matrix and convolution libraries, threads, allocator.
BackendDescription DescribeTorch(at::Device device);

}  // namespace joulecast
