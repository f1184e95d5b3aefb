// SPDX-License-Identifier: Apache-2.0
// As torch.optim updates one tensor after the other: SGD with and without momentum, AdamW.
#include <ATen/core/Tensor.h>

#include <cmath>

#include "backends/torch/twin.h"
#include "base/checked.h"
#include "joulecast/error.h"

namespace joulecast {
namespace {

constexpr double kRate = 1e-3;

/// The gradient, then the states; a mean of squares is not negative.
std::vector<Operand> Operands(const LayerSpec& spec) {
  const Shape shape = {spec.Get("elements")};
  const std::int64_t states = spec.Get("states");
  if (states > 2) {
    throw Error(ErrorKind::kInput, spec.ToString() + ": cannot run: PyTorch's optimisers keep 0, " +
                                       "1 (SGD with momentum) or 2 (Adam) states");
  }
  std::vector<Operand> operands = {{.shape = shape}};
  if (states > 0) operands.push_back({.shape = shape});
  if (states > 1) operands.push_back({.shape = shape, .fill = Fill::kRelu});
  return operands;
}

void UpdateByAdamW(const at::Tensor& weights, std::span<const at::Tensor> x) {
  constexpr double kMeanDecay = 0.9;
  constexpr double kSquareDecay = 0.999;
  constexpr double kEpsilon = 1e-8;
  constexpr double kWeightDecay = 0.01;
  weights.mul_(1 - kRate * kWeightDecay);
  x[1].mul_(kMeanDecay).add_(x[0], 1 - kMeanDecay);
  x[2].mul_(kSquareDecay).addcmul_(x[0], x[0], 1 - kSquareDecay);
  const at::Tensor size = x[2].sqrt().div_(std::sqrt(1 - kSquareDecay)).add_(kEpsilon);
  weights.addcdiv_(x[1], size, -kRate / (1 - kMeanDecay));
}

Step Make(const LayerSpec& spec, const Site& site) {
  const std::int64_t elements = spec.Get("elements");
  return [weights = site.source.Weights({elements}, TypeOf(spec), elements),
          states = spec.Get("states")](std::span<const at::Tensor> x) -> Tensors {
    if (states == 2) {
      UpdateByAdamW(weights, x);
    } else if (states == 1) {
      weights.add_(x[1].mul_(0.9).add_(x[0]), -kRate);
    } else {
      weights.add_(x[0], -kRate);
    }
    return {weights};
  };
}

/// What Adam divides by.
std::int64_t ScratchBytes(const LayerSpec& spec) {
  return spec.Get("states") == 2 ? spec.CountWork().weight_bytes : 0;
}

}  // namespace

extern const Twin kOptimizerTwin = {
    .operands = Operands, .make = Make, .scratch_bytes = ScratchBytes};

}  // namespace joulecast
