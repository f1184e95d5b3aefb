// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <string>

#include "joulecast/profile.h"

namespace joulecast {

/// How far outside the fitted range a spec lies: the sum over its parameters of
/// |ln((1 + value) / (1 + nearest edge))|. 0 inside.
double DistanceOutside(const LayerSpec& spec, const Support& support);

/// Names the parameters that lie outside, each with the range that was measured.
std::string DescribeOutside(const LayerSpec& spec, const Support& support);

/// The factor on a layer's local uncertainty at such a distance outside the support.
inline double ScaleAt(const IntervalModel& model, double distance) {
  const double tested = std::min(distance, model.tested_distance);
  const double beyond = (1 + distance) / (1 + tested);
  return (model.scale + model.scale_per_distance * tested) * beyond;
}

}  // namespace joulecast
