// SPDX-License-Identifier: Apache-2.0
// mul -- y = a * b or a / b, written over the first where inplace=1.
#include "layers/elementwise.h"

namespace joulecast {
namespace {

std::optional<Lowered> Lower(const NodeView& node) { return LowerElementwise(node, kMul); }

constexpr std::string_view kOps[] = {"Mul", "Div"};

}  // namespace

const LayerType kMul = {.name = "mul",
                        .summary = "elementwise product or quotient, with broadcasting",
                        .example = "mul out=802816 in=1605632 inplace=1",
                        .params = kElementwiseParams,
                        .ops = kOps,
                        .check = CheckElementwise,
                        .output_shape = ElementwiseShape,
                        .work = CountElementwise,
                        .lower = Lower};

}  // namespace joulecast
