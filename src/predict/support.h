// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <string>

#include "joulecast/profile.h"

namespace joulecast {

/// How far outside the fitted ranges a spec lies: sums of |ln((1 + value) / (1 + nearest edge))|.
struct Distance {
  double varied = 0;    ///< over flags, and over parameters that training rows vary
  double constant = 0;  ///< over those of one value in training: how errors grow was never seen

  double total() const { return varied + constant; }
};

/// 0 and 0 inside.
Distance DistanceOutside(const LayerSpec& spec, const Support& support);

/// Names the parameters that lie outside, each with the range that was measured.
std::string DescribeOutside(const LayerSpec& spec, const Support& support);

/// The factor on a layer's local uncertainty at such a distance outside the support: along the
/// line up to the tested distance; past it in proportion, and from the start where a parameter
/// lies outside that was never varied.
inline double ScaleAt(const IntervalModel& model, const Distance& distance) {
  const double tested = std::min(distance.total(), model.tested_distance);
  const double beyond =
      (1 + distance.total()) / (1 + std::min(distance.varied, model.tested_distance));
  return (model.scale + model.scale_per_distance * tested) * beyond;
}

}  // namespace joulecast
