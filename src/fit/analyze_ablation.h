// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "fit/ablation_range.h"
#include "fit/observation.h"

namespace joulecast {

/// Every subset of a layer type's features, by least squares on raw energies.
struct AblationAnalysis {
  std::string layer;
  std::size_t rows = 0;
  std::size_t train_rows = 0;
  std::size_t test_rows = 0;
  std::vector<std::string> features;
  std::size_t subsets = 0;
  std::optional<AblationRange> with_macs;
  std::optional<AblationRange> without_macs;
  std::vector<AblationExtreme> single;        ///< each feature alone, in their order
  std::vector<AblationExtreme> best_by_size;  ///< of one feature, of two, ...
  std::vector<std::string> notes;             ///< what was left out, and why
};

/// Splits 70 / 20 / 10 % as getzner2023 does under `seed`, fits on the first part and scores on the
/// last. `rows` are of one layer type with positive energies. Beyond `most_features` the logarithms
/// that come last are left out. Throws Error{kInput} for fewer than 30 rows, or if no feature
/// varies.
AblationAnalysis AnalyzeAblation(std::span<const Observation> rows, std::uint32_t seed,
                                 std::size_t most_features = kMostAblationColumns);

std::string AblationText(const AblationAnalysis& analysis);
std::string AblationJson(const AblationAnalysis& analysis);
std::string AblationHtml(const AblationAnalysis& analysis);

}  // namespace joulecast
