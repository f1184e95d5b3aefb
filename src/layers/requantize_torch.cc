// SPDX-License-Identifier: Apache-2.0
#include "backends/torch/twin.h"

namespace joulecast {

extern const Twin kRequantizeTwin = {
    .why_not = "PyTorch has no integer kernels for it to be a part of; estimate it"};

}  // namespace joulecast
