// SPDX-License-Identifier: Apache-2.0
#include "backends/torch/twin.h"

namespace joulecast {

extern const Twin kSelectTwin = {
    .why_not = "data decide how much it selects, and made-up data nothing sensible; estimate it"};

}  // namespace joulecast
