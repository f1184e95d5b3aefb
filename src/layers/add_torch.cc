// SPDX-License-Identifier: Apache-2.0
#include "backends/torch/elementwise_twin.h"
#include "backends/torch/window_twin.h"

namespace joulecast {
namespace {

constexpr Pairwise kKinds[] = {
    {"Add", [](const at::Tensor& a, const at::Tensor& b) -> at::Tensor { return a.add(b); },
     [](const at::Tensor& a, const at::Tensor& b) -> at::Tensor { return a.add_(b); }},
    {"Sub", [](const at::Tensor& a, const at::Tensor& b) -> at::Tensor { return a.sub(b); },
     [](const at::Tensor& a, const at::Tensor& b) -> at::Tensor { return a.sub_(b); }},
};

Step Make(const LayerSpec& spec, const Site& site) {
  if (auto step = MakeWindowAddition(spec, site)) return step;
  return MakeElementwise(spec, site, kKinds);
}

}  // namespace

extern const Twin kAddTwin = {.operands = ElementwiseOperands, .make = Make};

}  // namespace joulecast
