// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "fit/observation.h"
#include "joulecast/layer.h"

namespace joulecast {

/// Which candidates a fit of their type knows least about: indices of `count` of them, or all.
///
/// A fit on relative errors forecasts a row r (amounts over cost) with a variance in proportion to
/// r' M^-1 r, where M sums r r' over the rows that it was fitted to. The candidate with the largest
/// one is taken, counted as measured, and so on: the next one then differs from it. Costs that are
/// not measured are forecast; before there are rows enough for that, every term counts alike.
std::vector<std::size_t> ChooseUncertain(const LayerType& type,
                                         std::span<const Observation> measured,
                                         std::span<const LayerSpec> candidates,
                                         const DeviceTraits& traits, std::size_t count);

}  // namespace joulecast
