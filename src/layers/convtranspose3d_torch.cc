// SPDX-License-Identifier: Apache-2.0
#include "backends/torch/conv_twin.h"

namespace joulecast {

extern const Twin kConvTranspose3dTwin = ConvTwin<ConvLayout{.rank = 3, .transposed = true}>();

}  // namespace joulecast
