// SPDX-License-Identifier: Apache-2.0
// add -- y = a + b, a - b, or the sum or mean of any number of tensors, written over the first
// where inplace=1.
#include "layers/elementwise.h"

namespace joulecast {
namespace {

constexpr std::string_view kOps[] = {"Add", "Sub", "Sum", "Mean"};

}  // namespace

const LayerType kAdd = Elementwise<kAdd>("add", "elementwise sum or difference, with broadcasting",
                                         "add out=802816 in=1605632 inplace=1", kOps);

}  // namespace joulecast
