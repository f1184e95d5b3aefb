// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/prelu.h>

#include "backends/torch/twin.h"
#include "joulecast/error.h"
#include "layers/elementwise.h"

namespace joulecast {
namespace {

/// The slopes, stored or computed, are those of the channels, axis 1.
std::vector<Operand> Operands(const LayerSpec& s) {
  const std::int64_t slopes = s[kEwIn] - s[kEwOut];
  if (s[kEwInplace] != 0 || slopes < 1 || s[kEwOut] % slopes != 0 ||
      (s[kEwWeights] != 0 && s[kEwWeights] != slopes)) {
    throw Error(ErrorKind::kInput, s.ToString() + ": cannot run alone: PyTorch's prelu is never " +
                                       "in place, and has a slope for each channel");
  }
  std::vector<Operand> operands = {{.shape = {s[kEwOut] / slopes, slopes}}};
  if (s[kEwWeights] == 0) operands.push_back({.shape = {slopes}});
  return operands;
}

Step Make(const LayerSpec& s, const Site& site) {
  at::Tensor stored;
  if (s[kEwWeights] > 0) stored = site.source.Constant({s[kEwWeights]}, TypeOf(s), 0.25);
  return [stored, shape = site.output_shape](std::span<const at::Tensor> x) -> Tensors {
    return {Seen(at::prelu(x[0], stored.defined() ? stored : x[1].flatten()), shape)};
  };
}

}  // namespace

extern const Twin kPReluTwin = {.operands = Operands, .make = Make};

}  // namespace joulecast
