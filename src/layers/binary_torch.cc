// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/maximum.h>
#include <ATen/ops/minimum.h>

#include "backends/torch/elementwise_twin.h"

namespace joulecast {
namespace {

constexpr Pairwise kKinds[] = {
    {"Max", [](const at::Tensor& a, const at::Tensor& b) -> at::Tensor { return a.maximum(b); },
     [](const at::Tensor& a, const at::Tensor& b) -> at::Tensor {
       at::Tensor same = a;
       return at::maximum_out(same, a, b);
     }},
    {"Min", [](const at::Tensor& a, const at::Tensor& b) -> at::Tensor { return a.minimum(b); },
     [](const at::Tensor& a, const at::Tensor& b) -> at::Tensor {
       at::Tensor same = a;
       return at::minimum_out(same, a, b);
     }},
    {"Mod", [](const at::Tensor& a, const at::Tensor& b) -> at::Tensor { return a.remainder(b); },
     [](const at::Tensor& a, const at::Tensor& b) -> at::Tensor { return a.remainder_(b); }},
    {"BitShift",
     [](const at::Tensor& a, const at::Tensor& b) -> at::Tensor { return a.bitwise_left_shift(b); },
     [](const at::Tensor& a, const at::Tensor& b) -> at::Tensor {
       return a.bitwise_left_shift_(b);
     }},
    {"BitwiseAnd",
     [](const at::Tensor& a, const at::Tensor& b) -> at::Tensor { return a.bitwise_and(b); },
     [](const at::Tensor& a, const at::Tensor& b) -> at::Tensor { return a.bitwise_and_(b); }},
    {"BitwiseOr",
     [](const at::Tensor& a, const at::Tensor& b) -> at::Tensor { return a.bitwise_or(b); },
     [](const at::Tensor& a, const at::Tensor& b) -> at::Tensor { return a.bitwise_or_(b); }},
    {"BitwiseXor",
     [](const at::Tensor& a, const at::Tensor& b) -> at::Tensor { return a.bitwise_xor(b); },
     [](const at::Tensor& a, const at::Tensor& b) -> at::Tensor { return a.bitwise_xor_(b); }},
};

Step Make(const LayerSpec& spec, const Site& site) { return MakeElementwise(spec, site, kKinds); }

}  // namespace

extern const Twin kBinaryTwin = {.operands = ElementwiseOperands, .make = Make};

}  // namespace joulecast
