// SPDX-License-Identifier: Apache-2.0
#include "backends/torch/conv_twin.h"

namespace joulecast {

extern const Twin kConv1dTwin = ConvTwin<ConvLayout{.rank = 1}>();

}  // namespace joulecast
