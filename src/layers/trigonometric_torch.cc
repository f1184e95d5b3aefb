// SPDX-License-Identifier: Apache-2.0
#include "backends/torch/activation_twin.h"

namespace joulecast {
namespace {

constexpr Mapping kFunctions[] = {
    {"Sin", [](const at::Tensor& x) -> at::Tensor { return x.sin(); },
     [](const at::Tensor& x) -> at::Tensor { return x.sin_(); }},
    {"Cos", [](const at::Tensor& x) -> at::Tensor { return x.cos(); },
     [](const at::Tensor& x) -> at::Tensor { return x.cos_(); }},
    {"Tan", [](const at::Tensor& x) -> at::Tensor { return x.tan(); },
     [](const at::Tensor& x) -> at::Tensor { return x.tan_(); }},
    {"Asin", [](const at::Tensor& x) -> at::Tensor { return x.asin(); },
     [](const at::Tensor& x) -> at::Tensor { return x.asin_(); }},
    {"Acos", [](const at::Tensor& x) -> at::Tensor { return x.acos(); },
     [](const at::Tensor& x) -> at::Tensor { return x.acos_(); }},
    {"Atan", [](const at::Tensor& x) -> at::Tensor { return x.atan(); },
     [](const at::Tensor& x) -> at::Tensor { return x.atan_(); }},
    {"Sinh", [](const at::Tensor& x) -> at::Tensor { return x.sinh(); },
     [](const at::Tensor& x) -> at::Tensor { return x.sinh_(); }},
    {"Cosh", [](const at::Tensor& x) -> at::Tensor { return x.cosh(); },
     [](const at::Tensor& x) -> at::Tensor { return x.cosh_(); }},
    {"Asinh", [](const at::Tensor& x) -> at::Tensor { return x.asinh(); },
     [](const at::Tensor& x) -> at::Tensor { return x.asinh_(); }},
    {"Acosh", [](const at::Tensor& x) -> at::Tensor { return x.acosh(); },
     [](const at::Tensor& x) -> at::Tensor { return x.acosh_(); }},
    {"Atanh", [](const at::Tensor& x) -> at::Tensor { return x.atanh(); },
     [](const at::Tensor& x) -> at::Tensor { return x.atanh_(); }},
};

Step Make(const LayerSpec& spec, const Site& site) {
  return MakeActivation(spec, site, kFunctions);
}

}  // namespace

extern const Twin kTrigonometricTwin = {.operands = ActivationOperands, .make = Make};

}  // namespace joulecast
