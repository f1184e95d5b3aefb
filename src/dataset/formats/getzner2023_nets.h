// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace joulecast {

/// A leaf module of a network that getzner2023 measured.
struct GetznerLeaf {
  std::string module;  ///< as the files name it: "Conv2d"
  std::string spec;    ///< its layer as text; in-place where torchvision's network has it so
  std::int64_t macs;   ///< as the files count them for this module
};

/// Leaf modules of torchvision's alexnet or vgg11/13/16/19 on 224x224 images, in their order:
/// the files name them by number (from 1) and leave their parameters out. Empty for another name.
std::vector<GetznerLeaf> GetznerLeaves(const std::string& architecture, std::int64_t batch);

}  // namespace joulecast
