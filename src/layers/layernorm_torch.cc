// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/layer_norm.h>

#include "backends/torch/norm_twin.h"

namespace joulecast {
namespace {

Step Make(const LayerSpec& spec, const Site& site) {
  const Shape row = {spec[kNormLength]};
  return MakeNorm(spec, site,
                  [row, weights = NormWeights(spec, site, row[0])](const at::Tensor& x) {
                    return at::layer_norm(x, row, weights.scale, weights.shift);
                  });
}

}  // namespace

extern const Twin kLayerNormTwin = {.operands = NormOperands, .make = Make};

}  // namespace joulecast
