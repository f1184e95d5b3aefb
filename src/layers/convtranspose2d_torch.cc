// SPDX-License-Identifier: Apache-2.0
#include "backends/torch/conv_twin.h"

namespace joulecast {

extern const Twin kConvTranspose2dTwin = ConvTwin<ConvLayout{.rank = 2, .transposed = true}>();

}  // namespace joulecast
