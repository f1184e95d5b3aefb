// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/linear.h>

#include "backends/torch/twin.h"

namespace joulecast {
namespace {

std::vector<Operand> Operands(const LayerSpec& spec) {
  return {{.shape = {spec.Get("batch"), spec.Get("in")}}};
}

/// The weights lie as PyTorch keeps them, [out, in], however a file lays them out.
Step Make(const LayerSpec& spec, const Site& site) {
  const std::int64_t in = spec.Get("in");
  const at::Tensor weight = site.source.Weights({spec.Get("out"), in}, TypeOf(spec), in);
  at::Tensor bias;
  if (spec.Get("bias") != 0) bias = site.source.Weights({spec.Get("out")}, TypeOf(spec), in);
  const bool flip = site.node != nullptr && site.node->Int("transA", 0) != 0;
  at::Tensor stored;  // a table by the place, which a small network makes of coordinates
  if (site.node != nullptr && site.node->Input(0).is_constant) {
    stored = site.source.Make({.shape = site.node->Input(0).shape}, TypeOf(spec));
  }
  return [=](std::span<const at::Tensor> x) -> Tensors {
    const at::Tensor rows = stored.defined() ? stored : x[0];
    return {at::linear(flip ? rows.t() : rows, weight, bias)};
  };
}

}  // namespace

extern const Twin kLinearTwin = {.operands = Operands, .make = Make};

}  // namespace joulecast
