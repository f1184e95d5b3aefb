// SPDX-License-Identifier: Apache-2.0
// sigmoid -- y = 1 / (1 + exp(-x)), written over x where inplace=1.
#include "layers/activation.h"

namespace joulecast {
namespace {

std::optional<Lowered> Lower(const NodeView& node) { return LowerActivation(node, kSigmoid); }

constexpr std::string_view kOps[] = {"Sigmoid"};

}  // namespace

const LayerType kSigmoid = {.name = "sigmoid",
                            .summary = "logistic function, in place or not",
                            .example = "sigmoid batch=8 elements=100352",
                            .params = kActivationParams,
                            .ops = kOps,
                            .output_shape = ActivationShape,
                            .work = CountActivation,
                            .lower = Lower};

}  // namespace joulecast
