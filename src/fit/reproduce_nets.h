// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "fit/getzner2023.h"
#include "fit/reproduce.h"

namespace joulecast {

/// Samples of one origin and layer type, in their order.
std::vector<GetznerSample> SamplesOf(const std::vector<GetznerSample>& samples,
                                     GetznerOrigin origin, std::string_view layer);

/// What the published predictors say of real nets, without and with net configurations among
/// their training data; how the measured energy divides, and whether layers add up to nets.
void AddNets(const std::vector<GetznerSample>& samples, ReproduceReport& report);

}  // namespace joulecast
