// SPDX-License-Identifier: Apache-2.0
#include "dataset/formats/getzner2023_nets.h"

#include <algorithm>

#include "formats/zoo/zoo.h"

namespace joulecast {
namespace {

std::int64_t OutputElements(const LayerSpec& spec) { return ElementCount(spec.OutputShape()); }

std::int64_t MacsAndBias(const LayerSpec& spec) {
  const Work work = spec.CountWork();
  return work.macs + work.bias_adds;
}

std::int64_t HalfTheTaps(const LayerSpec& spec) {
  const std::size_t kernel = spec.SlotOf("kernel");
  return spec[kernel] * spec[kernel + 1] * OutputElements(spec) / 2;
}

std::int64_t Nothing(const LayerSpec&) { return 0; }

/// What the authors call a layer type, and how they count its multiply-accumulates.
struct Module {
  std::string_view name;
  std::string_view type;
  std::int64_t (*macs)(const LayerSpec&);
};

constexpr Module kModules[] = {{"Conv2d", "conv2d", MacsAndBias},
                               {"Linear", "linear", MacsAndBias},
                               {"MaxPool2d", "maxpool2d", HalfTheTaps},
                               {"ReLU", "relu", OutputElements},
                               {"AdaptiveAvgPool2d", "adaptiveavgpool2d", OutputElements},
                               {"Dropout", "dropout", Nothing}};

}  // namespace

std::vector<GetznerLeaf> GetznerLeaves(const std::string& architecture, std::int64_t batch) {
  const auto graph = BuildZooModel(architecture);
  if (!graph) return {};
  std::vector<GetznerLeaf> leaves;
  for (const Layer& layer : Resolve(*graph, {.batch = batch}).layers) {
    if (layer.op == "Flatten") continue;  // a function of the network's code, not a module
    const auto* module = std::find_if(
        std::begin(kModules), std::end(kModules),
        [&](const Module& m) { return layer.spec && m.type == layer.spec->type().name; });
    if (module == std::end(kModules)) return {};
    LayerSpec spec = *layer.spec;
    // Measured alone, a pool was fed random numbers, not the result of the relu before it.
    if (spec.type().name == "maxpool2d") spec.Set(spec.SlotOf("rectified"), 0);
    const std::int64_t macs = module->macs(spec);
    leaves.push_back({std::string(module->name), std::move(spec), macs});
  }
  return leaves;
}

}  // namespace joulecast
