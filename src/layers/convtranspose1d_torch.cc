// SPDX-License-Identifier: Apache-2.0
#include "backends/torch/conv_twin.h"

namespace joulecast {

extern const Twin kConvTranspose1dTwin = ConvTwin<ConvLayout{.rank = 1, .transposed = true}>();

}  // namespace joulecast
