// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace joulecast {

/// All subsets of more are too many: these are 16.7 million, a few seconds.
inline constexpr std::size_t kMostAblationColumns = 24;

/// A subset of features, and how well it does.
struct AblationExtreme {
  double test_r2 = 0;
  std::vector<std::string> features;
};

/// Best and worst of the subsets that share a property.
struct AblationRange {
  AblationExtreme max;
  AblationExtreme min;
  std::optional<double> published_max;
  std::optional<double> published_min;
};

/// The names of a subset's columns.
std::vector<std::string> FeaturesOfSubset(std::size_t mask, std::span<const std::string> names);

/// The extremes of AblateSubsets' scores among the non-empty subsets that `is_in` holds for;
/// nullopt if there are none.
std::optional<AblationRange> RangeOf(const std::vector<double>& scores,
                                     std::span<const std::string> names,
                                     const std::function<bool(std::size_t)>& is_in);

}  // namespace joulecast
