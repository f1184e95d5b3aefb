// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "joulecast/layer.h"

namespace joulecast {

/// A leaf module of a network that getzner2023 measured.
struct GetznerLeaf {
  std::string module;  ///< as the files name it: "Conv2d"
  LayerSpec spec;
  std::int64_t macs;  ///< as the files count them for this module
};

/// Leaf modules of a network of the zoo, in their order: the files name them by number (from 1)
/// and leave their parameters out. Empty if the zoo lacks the network, or it has layers of types
/// that the authors did not measure.
std::vector<GetznerLeaf> GetznerLeaves(const std::string& architecture, std::int64_t batch);

}  // namespace joulecast
