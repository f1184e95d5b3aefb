// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "joulecast/estimate.h"
#include "joulecast/profile.h"

namespace joulecast {

/// One model, at one batch size, on one device.
struct ComparedEstimate {
  Estimate estimate;
  std::size_t profile = 0;                 ///< place of its device among the profiles
  std::optional<double> accuracy_percent;  ///< as the user gave it

  Joules energy_per_sample() const;
  /// Energy x delay of one inference, in joule-seconds; nullopt without a time.
  std::optional<double> edp_js() const;
};

/// Models, batch sizes and devices side by side.
struct Comparison {
  std::vector<Profile> profiles;  ///< a device each
  std::vector<ComparedEstimate> entries;
};

/// What one layer type adds to a sample's energy, or saves.
struct TypeDifference {
  std::string type;
  Joules change;
};

/// From `base` to `other`, the largest change first.
std::vector<TypeDifference> Differences(const Estimate& base, const Estimate& other);

std::string CompareText(const Comparison& comparison);
std::string CompareJson(const Comparison& comparison);
std::string CompareCsv(const Comparison& comparison);
std::string CompareHtml(const Comparison& comparison);

/// Every entry as `EstimateJson` has it: what the page's script draws a comparison from.
std::string ComparisonData(const Comparison& comparison);

}  // namespace joulecast
