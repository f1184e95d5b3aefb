// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/torch/twin.h"

namespace joulecast {

/// What is added to tokens by their place, or to scores by the places of two tokens
/// (`layers/windows.cc`), as torchvision does it; null for every other node, and alone.
Step MakeWindowAddition(const LayerSpec& spec, const Site& site);

}  // namespace joulecast
