// SPDX-License-Identifier: Apache-2.0
// relu -- y = max(x, 0), written over x where inplace=1.
#include "layers/activation.h"

namespace joulecast {
namespace {

std::optional<Lowered> Lower(const NodeView& node) { return LowerActivation(node, kRelu); }

constexpr std::string_view kOps[] = {"Relu"};

}  // namespace

const LayerType kRelu = {.name = "relu",
                         .summary = "rectified linear unit, in place or not",
                         .example = "relu batch=8 elements=100352",
                         .params = kActivationParams,
                         .ops = kOps,
                         .output_shape = ActivationShape,
                         .work = CountActivation,
                         .lower = Lower};

}  // namespace joulecast
