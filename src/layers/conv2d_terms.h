// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "joulecast/layer.h"

namespace joulecast {

/// Terms of 2-d convolutions, and of what libraries compute as one.
inline constexpr Term kConv2dTerms[] = {
    {"macs", "gmac", Part::kArithmetic},
    {"macs_strided", "gmac", Part::kArithmetic},
    {"macs_tiled", "gmac", Part::kArithmetic},
    {"macs_in_series", "gmac", Part::kArithmetic},
    {"input", "gb", Part::kInput},
    {"input_ragged", "gb", Part::kInput},
    {"input_large", "gb", Part::kInput},
    {"input_for_gemm", "gb", Part::kInput},
    {"input_copied_to_columns", "gb", Part::kInput},
    {"input_again_from_l2", "gb", Part::kInput},
    {"input_again_from_llc", "gb", Part::kInput},
    {"input_again_from_memory", "gb", Part::kInput},
    {"output_small", "gb", Part::kOutput},
    {"output_large", "gb", Part::kOutput},
    {"output_ragged", "gb", Part::kOutput},
    {"output_blocked_large", "gb", Part::kOutput},
    {"buffers_huge", "gb", Part::kOutput},
    {"weights", "gb", Part::kWeights},
    {"weights_again_per_image", "gb", Part::kWeights},
    {"call", "call", Part::kOverhead},
};

/// Amounts of kConv2dTerms for a conv2d specification.
void MeasureConv2d(const LayerSpec& conv2d, const DeviceTraits& traits, std::span<double> amounts);

}  // namespace joulecast
