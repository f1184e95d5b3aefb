// SPDX-License-Identifier: Apache-2.0
#include "backends/torch/norm_twin.h"

#include <utility>

#include "backends/torch/elementwise_twin.h"

namespace joulecast {

std::vector<Operand> NormOperands(const LayerSpec& s) {
  std::vector<Operand> operands = {{.shape = NormShape(s)}};
  if (s[kNormSkip] > 0) {
    BroadcastingShapes(s, ElementCount(NormShape(s)), {s[kNormSkip]});
    operands.push_back({.shape = {s[kNormSkip]}});
  }
  return operands;
}

Step MakeNorm(const LayerSpec& s, const Site& site,
              std::function<at::Tensor(const at::Tensor&)> normalise) {
  const std::int64_t skip = s[kNormSkip];
  return [=, stored = skip > 0 ? StoredInputs(s, site) : std::optional<StoredInputs>(),
          normalise = std::move(normalise), rows = NormShape(s),
          shape = site.output_shape](std::span<const at::Tensor> x) -> Tensors {
    if (!stored) return {Seen(normalise(Seen(x[0], rows)), shape)};
    const Tensors all = stored->AmongThem(x);
    const at::Tensor sum = Seen(all[0], {-1, skip}).add(Seen(all[1], {skip}));
    // Mean and deviation, which nobody asks for at inference, lie between.
    return {Seen(normalise(Seen(sum, rows)), shape), {}, {}, Seen(sum, shape)};
  };
}

NormWeights::NormWeights(const LayerSpec& s, const Site& site, std::int64_t elements) {
  if (s[kNormWeights] > 0) scale = site.source.Constant({elements}, TypeOf(s), 1);
  if (s[kNormWeights] > elements) shift = site.source.Constant({elements}, TypeOf(s), 0);
}

}  // namespace joulecast
