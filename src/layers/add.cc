// SPDX-License-Identifier: Apache-2.0
// add -- y = a + b, a - b, or the sum or mean of any number of tensors, written over the first
// where inplace=1.
#include "layers/elementwise.h"

namespace joulecast {
namespace {

constexpr std::string_view kOps[] = {"Add", "Sub", "Sum", "Mean"};

/// An operand as large as the result takes the result's gradient as it is; of one that was repeated
/// it is added up.
Work CountBackward(const LayerSpec& s, bool input_grad) {
  const std::int64_t repeated = s[kEwIn] % s[kEwOut];
  const std::int64_t weights = s[kEwWeights];
  const std::int64_t operands = input_grad ? std::max<std::int64_t>(0, repeated - weights) : 0;
  const bool adds_up = weights > 0 || operands > 0;
  return {.input_bytes = adds_up ? BytesOf(s[kEwOut], s[kEwType]) : 0,
          .output_bytes = BytesOf(operands, s[kEwType]),
          .weight_bytes = BytesOf(weights, s[kEwType])};
}

constexpr LayerType Make() {
  LayerType type = Elementwise<kAdd>("add", "elementwise sum or difference, with broadcasting",
                                     "add out=802816 in=1605632 inplace=1", kOps);
  type.backward = CountBackward;
  return type;
}

}  // namespace

const LayerType kAdd = Make();

}  // namespace joulecast
