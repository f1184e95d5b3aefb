// SPDX-License-Identifier: Apache-2.0
#include "backends/torch/conv_twin.h"

namespace joulecast {

extern const Twin kConv2dTwin = ConvTwin<kConv2dLayout>();

}  // namespace joulecast
