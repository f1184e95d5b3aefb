// SPDX-License-Identifier: Apache-2.0
#include "backends/torch/twin.h"

namespace joulecast {

extern const Twin kEinsumTwin = {
    .why_not = "PyTorch needs the equation, which its specification does not hold; estimate it"};

}  // namespace joulecast
