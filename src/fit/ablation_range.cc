// SPDX-License-Identifier: Apache-2.0
#include "fit/ablation_range.h"

namespace joulecast {

std::vector<std::string> FeaturesOfSubset(std::size_t mask, std::span<const std::string> names) {
  std::vector<std::string> features;
  for (std::size_t j = 0; j < names.size(); ++j) {
    if ((mask >> j & 1) != 0) features.push_back(names[j]);
  }
  return features;
}

std::optional<AblationRange> RangeOf(const std::vector<double>& scores,
                                     std::span<const std::string> names,
                                     const std::function<bool(std::size_t)>& is_in) {
  std::optional<std::size_t> best;
  std::optional<std::size_t> worst;
  for (std::size_t mask = 1; mask < scores.size(); ++mask) {
    if (!is_in(mask)) continue;
    if (!best || scores[mask] > scores[*best]) best = mask;
    if (!worst || scores[mask] < scores[*worst]) worst = mask;
  }
  if (!best) return std::nullopt;
  return AblationRange{.max = {scores[*best], FeaturesOfSubset(*best, names)},
                       .min = {scores[*worst], FeaturesOfSubset(*worst, names)}};
}

}  // namespace joulecast
