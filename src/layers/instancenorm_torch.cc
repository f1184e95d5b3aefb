// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/instance_norm.h>

#include "backends/torch/norm_twin.h"

namespace joulecast {
namespace {

Step Make(const LayerSpec& spec, const Site& site) {
  return MakeNorm(
      spec, site, [weights = NormWeights(spec, site, spec[kNormRows])](const at::Tensor& x) {
        return at::instance_norm(x, weights.scale, weights.shift, {}, {}, /*use_input_stats=*/true,
                                 /*momentum=*/0.1, /*eps=*/1e-5, /*cudnn_enabled=*/true);
      });
}

}  // namespace

extern const Twin kInstanceNormTwin = {.operands = NormOperands, .make = Make};

}  // namespace joulecast
