// SPDX-License-Identifier: Apache-2.0
// mul -- y = a * b or a / b, written over the first where inplace=1.
#include "layers/elementwise.h"

namespace joulecast {
namespace {

constexpr std::string_view kOps[] = {"Mul", "Div"};

}  // namespace

const LayerType kMul =
    Elementwise<kMul>("mul", "elementwise product or quotient, with broadcasting",
                      "mul out=802816 in=1605632 inplace=1", kOps);

}  // namespace joulecast
