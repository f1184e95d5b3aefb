// SPDX-License-Identifier: Apache-2.0
// pow -- y = a^b, element by element, with broadcasting. Squares and roots are `unary`.
#include "layers/elementwise.h"

namespace joulecast {
namespace {

constexpr std::string_view kOps[] = {"Pow"};

}  // namespace

const LayerType kPow = Elementwise<kPow>("pow", "elementwise power, with broadcasting",
                                         "pow out=802816 in=802817", kOps);

}  // namespace joulecast
