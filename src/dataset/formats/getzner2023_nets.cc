// SPDX-License-Identifier: Apache-2.0
#include "dataset/formats/getzner2023_nets.h"

#include "formats/zoo/zoo.h"

namespace joulecast {

std::vector<GetznerLeaf> GetznerLeaves(const std::string& architecture, std::int64_t batch) {
  const auto graph = BuildZooModel(architecture);
  if (!graph) return {};
  std::vector<GetznerLeaf> leaves;
  for (const Layer& layer : Resolve(*graph, {.batch = batch}).layers) {
    if (layer.op == "Flatten") continue;  // a function of the network's code, not a module
    const auto leaf = layer.spec ? AsGetznerLayer(*layer.spec) : std::nullopt;
    if (!leaf) return {};
    leaves.push_back({*leaf, *layer.spec});
  }
  return leaves;
}

}  // namespace joulecast
