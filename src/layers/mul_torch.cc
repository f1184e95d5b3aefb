// SPDX-License-Identifier: Apache-2.0
#include "backends/torch/elementwise_twin.h"

namespace joulecast {
namespace {

constexpr Pairwise kKinds[] = {
    {"Mul", [](const at::Tensor& a, const at::Tensor& b) -> at::Tensor { return a.mul(b); },
     [](const at::Tensor& a, const at::Tensor& b) -> at::Tensor { return a.mul_(b); }},
    {"Div", [](const at::Tensor& a, const at::Tensor& b) -> at::Tensor { return a.div(b); },
     [](const at::Tensor& a, const at::Tensor& b) -> at::Tensor { return a.div_(b); }},
};

Step Make(const LayerSpec& spec, const Site& site) { return MakeElementwise(spec, site, kKinds); }

}  // namespace

extern const Twin kMulTwin = {.operands = ElementwiseOperands, .make = Make};

}  // namespace joulecast
