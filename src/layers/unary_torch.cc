// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/hardshrink.h>
#include <ATen/ops/pow.h>
#include <ATen/ops/threshold.h>

#include "backends/torch/activation_twin.h"

namespace joulecast {
namespace {

at::Tensor Softsign(const at::Tensor& x) { return x.div(x.abs().add_(1)); }
at::Tensor SoftsignInto(const at::Tensor& x) { return x.div_(x.abs().add_(1)); }
at::Tensor Shrink(const at::Tensor& x) { return at::hardshrink(x); }
at::Tensor ShrinkInto(const at::Tensor& x) {
  at::Tensor same = x;
  return at::hardshrink_out(same, x);
}
at::Tensor Threshold(const at::Tensor& x) { return at::threshold(x, 1, 0); }
at::Tensor ThresholdInto(const at::Tensor& x) {
  at::Tensor same = x;
  return at::threshold_(same, 1, 0);
}
at::Tensor IsNaN(const at::Tensor& x) { return x.isnan(); }
at::Tensor IsInf(const at::Tensor& x) { return x.isinf(); }

/// Truth values fit over no numbers: those functions are never in place.
constexpr Mapping kFunctions[] = {
    {"Abs", [](const at::Tensor& x) -> at::Tensor { return x.abs(); },
     [](const at::Tensor& x) -> at::Tensor { return x.abs_(); }},
    {"Neg", [](const at::Tensor& x) -> at::Tensor { return x.neg(); },
     [](const at::Tensor& x) -> at::Tensor { return x.neg_(); }},
    {"Sign", [](const at::Tensor& x) -> at::Tensor { return x.sign(); },
     [](const at::Tensor& x) -> at::Tensor { return x.sign_(); }},
    {"Floor", [](const at::Tensor& x) -> at::Tensor { return x.floor(); },
     [](const at::Tensor& x) -> at::Tensor { return x.floor_(); }},
    {"Ceil", [](const at::Tensor& x) -> at::Tensor { return x.ceil(); },
     [](const at::Tensor& x) -> at::Tensor { return x.ceil_(); }},
    {"Round", [](const at::Tensor& x) -> at::Tensor { return x.round(); },
     [](const at::Tensor& x) -> at::Tensor { return x.round_(); }},
    {"Reciprocal", [](const at::Tensor& x) -> at::Tensor { return x.reciprocal(); },
     [](const at::Tensor& x) -> at::Tensor { return x.reciprocal_(); }},
    {"Not", [](const at::Tensor& x) -> at::Tensor { return x.logical_not(); },
     [](const at::Tensor& x) -> at::Tensor { return x.logical_not_(); }},
    {"BitwiseNot", [](const at::Tensor& x) -> at::Tensor { return x.bitwise_not(); },
     [](const at::Tensor& x) -> at::Tensor { return x.bitwise_not_(); }},
    {"Softsign", Softsign, SoftsignInto},
    {"Shrink", Shrink, ShrinkInto},
    {"ThresholdedRelu", Threshold, ThresholdInto},
    {"IsNaN", IsNaN, IsNaN},
    {"IsInf", IsInf, IsInf},
};

/// The layer is a power only where the exponent is known.
double Exponent(const NodeView& node) {
  const Constant& numbers = *node.Input(1).constant;
  return numbers.floats.empty() ? static_cast<double>(numbers.ints[0]) : numbers.floats[0];
}

Step MakePower(double exponent, bool inplace) {
  return [=](std::span<const at::Tensor> x) -> Tensors {
    at::Tensor same = x[0];
    return {inplace ? at::pow_out(same, x[0], exponent) : at::pow(x[0], exponent)};
  };
}

Step Make(const LayerSpec& spec, const Site& site) {
  if (site.node != nullptr && site.node->op() == "Pow") {
    return MakePower(Exponent(*site.node), spec.Get("inplace") != 0);
  }
  return MakeActivation(spec, site, kFunctions);
}

}  // namespace

extern const Twin kUnaryTwin = {.operands = ActivationOperands, .make = Make};

}  // namespace joulecast
