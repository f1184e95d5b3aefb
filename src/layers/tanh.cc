// SPDX-License-Identifier: Apache-2.0
// tanh -- y = tanh(x), written over x where inplace=1.
#include "layers/activation.h"

namespace joulecast {
namespace {

std::optional<Lowered> Lower(const NodeView& node) { return LowerActivation(node, kTanh); }

constexpr std::string_view kOps[] = {"Tanh"};

}  // namespace

const LayerType kTanh = {.name = "tanh",
                         .summary = "hyperbolic tangent, in place or not",
                         .example = "tanh batch=8 elements=100352",
                         .params = kActivationParams,
                         .ops = kOps,
                         .output_shape = ActivationShape,
                         .work = CountActivation,
                         .lower = Lower};

}  // namespace joulecast
