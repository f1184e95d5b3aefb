// SPDX-License-Identifier: Apache-2.0
// binary -- smaller, larger, remainder or bits of two tensors, element by element.
#include "layers/elementwise.h"

namespace joulecast {
namespace {

constexpr std::string_view kOps[] = {"Min",        "Max",       "Mod",       "BitShift",
                                     "BitwiseAnd", "BitwiseOr", "BitwiseXor"};

}  // namespace

const LayerType kBinary = Elementwise<kBinary>(
    "binary", "elementwise minimum, maximum, remainder or bits, with broadcasting",
    "binary out=802816 in=1605632", kOps);

}  // namespace joulecast
