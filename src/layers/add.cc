// SPDX-License-Identifier: Apache-2.0
// add -- y = a + b, a - b, or the sum of any number of tensors, written over the first where
// inplace=1.
#include "layers/elementwise.h"

namespace joulecast {
namespace {

std::optional<Lowered> Lower(const NodeView& node) { return LowerElementwise(node, kAdd); }

constexpr std::string_view kOps[] = {"Add", "Sub", "Sum"};

}  // namespace

const LayerType kAdd = {.name = "add",
                        .summary = "elementwise sum or difference, with broadcasting",
                        .example = "add out=802816 in=1605632 inplace=1",
                        .params = kElementwiseParams,
                        .ops = kOps,
                        .check = CheckElementwise,
                        .output_shape = ElementwiseShape,
                        .work = CountElementwise,
                        .lower = Lower};

}  // namespace joulecast
