// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/add.h>
#include <ATen/ops/einsum.h>
#include <ATen/ops/matmul.h>

#include "backends/torch/twin.h"
#include "base/checked.h"
#include "joulecast/error.h"

namespace joulecast {
namespace {

/// A stored right operand serves the whole batch, or has one matrix for each of it.
Shape RightShape(const LayerSpec& spec) {
  const std::int64_t batch = spec.Get("batch");
  const std::int64_t k = spec.Get("k");
  const std::int64_t n = spec.Get("n");
  const std::int64_t weights = spec.Get("weights");
  if (weights == k * n) return {k, n};
  if (weights == 0 || weights == batch * k * n) return {batch, k, n};
  throw Error(ErrorKind::kInput, spec.ToString() + ": cannot run alone: weights=" +
                                     std::to_string(weights) + " is neither k n nor batch k n");
}

std::vector<Operand> Operands(const LayerSpec& spec) {
  std::vector<Operand> operands = {{.shape = {spec.Get("batch"), spec.Get("m"), spec.Get("k")}},
                                   {.shape = RightShape(spec)}};
  if (spec.Get("bias") != 0) operands.push_back({.shape = {spec.Get("n")}});
  return operands;
}

/// PyTorch's own operator has its weights as [out, in].
bool FlipsRight(const NodeView& node) {
  return node.op() == "Linear" || node.Int("transB", 0) != 0;
}

at::Tensor Flipped(const at::Tensor& x, bool flips) { return flips ? x.transpose(-2, -1) : x; }

Step Make(const LayerSpec& spec, const Site& site) {
  const StoredInputs stored(spec, site);
  if (site.node != nullptr && site.node->op() == "Einsum") {
    return [stored, equation = site.node->String("equation", "")](
               std::span<const at::Tensor> x) -> Tensors {
      return {at::einsum(equation, stored.AmongThem(x))};
    };
  }
  const bool flip_a = site.node != nullptr && site.node->Int("transA", 0) != 0;
  const bool flip_b = site.node != nullptr && FlipsRight(*site.node);
  return [=](std::span<const at::Tensor> x) -> Tensors {
    const Tensors all = stored.AmongThem(x);
    const at::Tensor product = at::matmul(Flipped(all[0], flip_a), Flipped(all[1], flip_b));
    return {all.size() > 2 && all[2].defined() ? at::add(product, all[2]) : product};
  };
}

/// Operands that a transposition left out of order, or that are broadcast, are copied first.
std::int64_t ScratchBytes(const LayerSpec& spec) {
  const std::int64_t batch = spec.Get("batch");
  const std::int64_t left = CheckedProduct({batch, spec.Get("m"), spec.Get("k")});
  const std::int64_t right = CheckedProduct({batch, spec.Get("k"), spec.Get("n")});
  return BytesOf(CheckedSum({left, right}), static_cast<std::int64_t>(TypeOf(spec)));
}

}  // namespace

extern const Twin kMatMulTwin = {.operands = Operands, .make = Make, .scratch_bytes = ScratchBytes};

}  // namespace joulecast
