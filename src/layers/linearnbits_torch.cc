// SPDX-License-Identifier: Apache-2.0
#include "backends/torch/twin.h"

namespace joulecast {

extern const Twin kLinearNBitsTwin = {
    .why_not = "PyTorch has no products with weights of so few bits; estimate it"};

}  // namespace joulecast
