// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/group_norm.h>

#include "backends/torch/norm_twin.h"

namespace joulecast {
namespace {

/// Scale and shift say how many there are; a group each where they do not.
std::int64_t Channels(const LayerSpec& spec) {
  const std::int64_t groups = spec[kNormRows];
  const std::int64_t channels = spec[kNormWeights] / 2;
  const bool fits =
      channels > 0 && channels % groups == 0 && groups * spec[kNormLength] % channels == 0;
  return fits ? channels : groups;
}

Step Make(const LayerSpec& spec, const Site& site) {
  const std::int64_t groups = spec[kNormRows];
  const std::int64_t channels = Channels(spec);
  const Shape image = {spec[kNormBatch], channels, groups * spec[kNormLength] / channels};
  return MakeNorm(
      spec, site, [=, weights = NormWeights(spec, site, channels)](const at::Tensor& x) {
        const at::Tensor y = at::group_norm(Seen(x, image), groups, weights.scale, weights.shift);
        return Seen(y, x.sizes().vec());
      });
}

}  // namespace

extern const Twin kGroupNormTwin = {.operands = NormOperands, .make = Make};

}  // namespace joulecast
