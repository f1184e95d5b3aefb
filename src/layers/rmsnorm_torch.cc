// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/rsqrt.h>

#include "backends/torch/norm_twin.h"

namespace joulecast {
namespace {

/// As transformers write it: PyTorch 1.13 has no kernel of its own.
Step Make(const LayerSpec& spec, const Site& site) {
  const NormWeights weights(spec, site, spec[kNormLength]);
  return MakeNorm(spec, site, [scale = weights.scale](const at::Tensor& x) {
    const at::Tensor mean = x.pow(2).mean(-1, /*keepdim=*/true);
    const at::Tensor y = x.mul(at::rsqrt(mean.add(1e-6)));
    return scale.defined() ? scale.mul(y) : y;
  });
}

}  // namespace

extern const Twin kRmsNormTwin = {.operands = NormOperands, .make = Make};

}  // namespace joulecast
