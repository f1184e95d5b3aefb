// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "joulecast/graph.h"

namespace joulecast {

/// A network known by name, as torchvision defines it.
struct ZooEntry {
  std::string_view name;
  std::string_view family;
  std::string_view summary;  ///< one line
  Shape input_shape;         ///< one sample as the network was trained: {1, 3, 224, 224}
};

/// Every network of the zoo, family by family.
std::span<const ZooEntry> ZooCatalog();

/// The network under torchvision's name for it; nullopt if the zoo has none of that name. Nodes
/// carry torchvision's module paths and its in-place flags. The one input, "input", has the
/// symbolic dimension "batch"; another image size comes through InputBinding::shapes.
std::optional<Graph> BuildZooModel(std::string_view name);

}  // namespace joulecast
