// SPDX-License-Identifier: Apache-2.0
#include "backends/torch/elementwise_twin.h"

namespace joulecast {
namespace {

constexpr Pairwise kKinds[] = {
    {"Pow", [](const at::Tensor& a, const at::Tensor& b) -> at::Tensor { return a.pow(b); },
     [](const at::Tensor& a, const at::Tensor& b) -> at::Tensor { return a.pow_(b); }},
};

Step Make(const LayerSpec& spec, const Site& site) { return MakeElementwise(spec, site, kKinds); }

}  // namespace

extern const Twin kPowTwin = {.operands = ElementwiseOperands, .make = Make};

}  // namespace joulecast
