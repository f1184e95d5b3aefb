// SPDX-License-Identifier: Apache-2.0
#include "predict/support.h"

#include <algorithm>
#include <cmath>

namespace joulecast {

Distance DistanceOutside(const LayerSpec& spec, const Support& support) {
  Distance distance;
  std::size_t slot = 0;
  for (const Param& param : spec.type().params) {
    for (std::size_t i = 0; i < Slots(param.kind); ++i, ++slot) {
      const std::int64_t least = support.least[slot];
      const std::int64_t most = support.most[slot];
      const std::int64_t edge = std::clamp(spec[slot], least, most);
      if (edge == spec[slot] || param.minor || param.kind == ParamKind::kDType) continue;
      // A flag is one step either way, and what it changes is in the terms.
      const bool is_varied = least < most || param.kind == ParamKind::kFlag;
      (is_varied ? distance.varied : distance.constant) += std::abs(
          std::log((1 + static_cast<double>(spec[slot])) / (1 + static_cast<double>(edge))));
    }
  }
  return distance;
}

std::string DescribeOutside(const LayerSpec& spec, const Support& support) {
  std::string text;
  std::size_t slot = 0;
  for (const Param& param : spec.type().params) {
    for (std::size_t i = 0; i < Slots(param.kind); ++i, ++slot) {
      const std::int64_t least = support.least[slot];
      const std::int64_t most = support.most[slot];
      const bool inside = spec[slot] >= least && spec[slot] <= most;
      if (inside || param.minor || param.kind == ParamKind::kDType) continue;
      const std::string range = least == most ? std::to_string(least)
                                              : std::to_string(least) + ".." + std::to_string(most);
      const std::string part = std::string(param.name) + "=" + std::to_string(spec[slot]) +
                               " was measured at " + range + " only";
      if (text.find(part) == std::string::npos) text += (text.empty() ? "" : "; ") + part;
    }
  }
  return text;
}

}  // namespace joulecast
