// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/grid_sampler_2d.h>

#include "backends/torch/twin.h"
#include "joulecast/error.h"
#include "layers/interpolate.h"

namespace joulecast {
namespace {

/// PyTorch's numbers for the ways to interpolate, by taps; nullopt where it has none.
std::optional<std::int64_t> ModeOf(std::int64_t taps) {
  if (taps == 4) return 0;
  if (taps == 1) return 1;
  if (taps == 16) return 2;
  return std::nullopt;
}

std::int64_t CheckedMode(const LayerSpec& s) {
  if (const auto mode = ModeOf(s[kIpTaps])) return *mode;
  throw Error(ErrorKind::kInput, s.ToString() + ": cannot run: an image is sampled with 1, 4 or " +
                                     "16 taps, and volumes are not run");
}

std::vector<Operand> Operands(const LayerSpec& s) {
  CheckedMode(s);
  return {{.shape = {s[kIpBatch], s[kIpChannels], s[kIpImageH], s[kIpImageW]}},
          {.shape = {s[kIpBatch], s[kIpOutputH], s[kIpOutputW], 2}}};
}

Step Make(const LayerSpec& s, const Site& site) {
  return [mode = CheckedMode(s),
          stored = StoredInputs(s, site)](std::span<const at::Tensor> x) -> Tensors {
    const Tensors all = stored.AmongThem(x);
    return {at::grid_sampler_2d(all[0], all[1], mode, /*padding_mode=*/0, /*align_corners=*/false)};
  };
}

}  // namespace

extern const Twin kGridSampleTwin = {.operands = Operands, .make = Make};

}  // namespace joulecast
