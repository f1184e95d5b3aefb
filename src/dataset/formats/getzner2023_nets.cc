// SPDX-License-Identifier: Apache-2.0
#include "dataset/formats/getzner2023_nets.h"

#include <utility>

#include "joulecast/zoo.h"

namespace joulecast {

std::vector<GetznerLeaf> GetznerLeaves(const std::string& architecture, std::int64_t batch) {
  const auto graph = BuildZooModel(architecture);
  if (!graph) return {};
  std::vector<GetznerLeaf> leaves;
  for (const Layer& layer : Resolve(*graph, {.batch = batch}).layers) {
    if (layer.op == "Flatten") continue;  // a function of the network's code, not a module
    if (!layer.spec) return {};
    LayerSpec spec = *layer.spec;
    // Measured alone, a pool was fed random numbers, not the result of the relu before it.
    if (spec.type().name == "maxpool2d") spec.Set(spec.SlotOf("rectified"), 0);
    const auto leaf = AsGetznerLayer(spec);
    if (!leaf) return {};
    leaves.push_back({*leaf, std::move(spec)});
  }
  return leaves;
}

}  // namespace joulecast
