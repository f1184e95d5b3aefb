// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "backends/torch/elementwise_twin.h"

namespace joulecast {
namespace {

struct Comparison {
  std::string_view op;
  at::Tensor (*apply)(const at::Tensor&, const at::Tensor&);
};

constexpr Comparison kComparisons[] = {
    {"Less", [](const at::Tensor& a, const at::Tensor& b) { return a.lt(b); }},
    {"LessOrEqual", [](const at::Tensor& a, const at::Tensor& b) { return a.le(b); }},
    {"Greater", [](const at::Tensor& a, const at::Tensor& b) { return a.gt(b); }},
    {"GreaterOrEqual", [](const at::Tensor& a, const at::Tensor& b) { return a.ge(b); }},
    {"Equal", [](const at::Tensor& a, const at::Tensor& b) { return a.eq(b); }},
    {"And", [](const at::Tensor& a, const at::Tensor& b) { return a.logical_and(b); }},
    {"Or", [](const at::Tensor& a, const at::Tensor& b) { return a.logical_or(b); }},
    {"Xor", [](const at::Tensor& a, const at::Tensor& b) { return a.logical_xor(b); }},
};

std::vector<Operand> Operands(const LayerSpec& spec) {
  const std::int64_t out = spec.Get("out");
  const auto shapes = BroadcastingShapes(spec, out, {out, spec.Get("in") - out});
  return {{.shape = shapes[0]}, {.shape = shapes[1]}};
}

Step Make(const LayerSpec& spec, const Site& site) {
  const auto* comparison = std::begin(kComparisons);
  if (site.node != nullptr) {
    comparison = std::ranges::find(kComparisons, site.node->op(), &Comparison::op);
  }
  return [apply = comparison->apply, stored = StoredInputs(spec, site),
          shape = site.output_shape](std::span<const at::Tensor> x) -> Tensors {
    const Tensors all = stored.AmongThem(x);
    return {Seen(apply(all[0], all[1]), shape)};
  };
}

}  // namespace

extern const Twin kCompareTwin = {.operands = Operands, .make = Make};

}  // namespace joulecast
