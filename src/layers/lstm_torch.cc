// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/lstm.h>

#include "backends/torch/recurrent_twin.h"

namespace joulecast {
namespace {

Step Make(const LayerSpec& spec, const Site& site) {
  return MakeRecurrent(
      spec, site, [w = RecurrentWeights(spec, site, 4)](const at::Tensor& x) -> Tensors {
        const auto [steps, state, cell] =
            at::lstm(x, {w.state, w.state}, w.of_gates, w.has_bias, /*num_layers=*/1, /*dropout=*/0,
                     /*train=*/false, w.is_bidirectional, /*batch_first=*/false);
        return {steps, state, cell};
      });
}

}  // namespace

extern const Twin kLstmTwin = {.operands = RecurrentOperands, .make = Make};

}  // namespace joulecast
