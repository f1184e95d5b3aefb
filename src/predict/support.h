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

/// By how much an interval widens at such a distance: in proportion, from the one on at which its
/// scale was found.
inline double Widening(double distance, double usual_distance) {
  return std::max(1.0, (1 + distance) / (1 + usual_distance));
}

}  // namespace joulecast
