// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/gru.h>

#include "backends/torch/recurrent_twin.h"

namespace joulecast {
namespace {

Step Make(const LayerSpec& spec, const Site& site) {
  return MakeRecurrent(
      spec, site, [w = RecurrentWeights(spec, site, 3)](const at::Tensor& x) -> Tensors {
        const auto [steps, state] =
            at::gru(x, w.state, w.of_gates, w.has_bias, /*num_layers=*/1, /*dropout=*/0,
                    /*train=*/false, w.is_bidirectional, /*batch_first=*/false);
        return {steps, state};
      });
}

}  // namespace

extern const Twin kGruTwin = {.operands = RecurrentOperands, .make = Make};

}  // namespace joulecast
