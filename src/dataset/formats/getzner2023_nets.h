// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dataset/formats/getzner2023_layers.h"
#include "joulecast/layer.h"

namespace joulecast {

/// A leaf module of a network that getzner2023 measured.
struct GetznerLeaf {
  GetznerLayer layer;
  LayerSpec spec;
};

/// Leaf modules of a network of the zoo, in their order: the files name them by number (from 1)
/// and leave their parameters out. Empty if the zoo lacks the network, or it has layers of types
/// that the authors did not measure.
std::vector<GetznerLeaf> GetznerLeaves(const std::string& architecture, std::int64_t batch);

}  // namespace joulecast
