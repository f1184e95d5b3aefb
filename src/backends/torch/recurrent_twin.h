// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "backends/torch/twin.h"

namespace joulecast {

/// The operand of a recurrent layer (`layers/recurrent.h`). Throws Error{kInput} for peepholes,
/// which PyTorch has not.
std::vector<Operand> RecurrentOperands(const LayerSpec& spec);

/// What a recurrent layer of PyTorch is called with, besides its sequence [steps, batch, in].
struct RecurrentWeights {
  RecurrentWeights(const LayerSpec& spec, const Site& site, std::int64_t gates);

  Tensors of_gates;  ///< of each direction: by input, by state, and their biases
  at::Tensor state;  ///< the first, zeros [directions, batch, hidden]
  bool has_bias;
  bool is_bidirectional;
};

/// Results as ONNX lays them out: [steps, directions, batch, hidden], the last state, the last
/// cell. `run` gives all steps as [steps, batch, directions * hidden], and those.
Step MakeRecurrent(const LayerSpec& spec, const Site& site,
                   std::function<Tensors(const at::Tensor&)> run);

}  // namespace joulecast
