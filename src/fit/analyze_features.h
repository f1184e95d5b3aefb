// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/statistics.h"
#include "fit/observation.h"

namespace joulecast {

/// A predictor of one layer type, as held-out rows see it.
struct FeatureSetScore {
  std::string features;
  std::string model;
  std::size_t columns = 0;
  Scores scores;
  std::size_t not_positive = 0;     ///< rows that it gives no energy, or less than none
  std::vector<double> predicted_j;  ///< of each row, by a fit that has not seen it
};

/// What becomes of the physical model without one of its terms.
struct TermImportance {
  std::string term;
  std::string part;            ///< arithmetic, input, output, weights, overhead
  double share_percent = 0;    ///< of all energy, in the full model
  double without_percent = 0;  ///< cross-validated mean error without it
};

struct FeatureAnalysis {
  std::string layer;
  std::size_t rows = 0;
  std::vector<double> measured_j;
  std::vector<FeatureSetScore> sets;
  double physical_mape_percent = 0;   ///< of the full physical model; 0 if there is none
  std::vector<TermImportance> terms;  ///< those in use, the most important first
  std::vector<std::string> notes;     ///< what was left out, and why
};

/// Cross-validates feature sets in 5 shuffled folds: the published kind (parameters, their
/// logarithms, MACs; least squares on energies), power laws (least squares on logarithms), and this
/// layer type's physical terms. `rows` are of one layer type with positive energies. Rows of a
/// source that `fit` would leave out are left out. Throws Error{kInput} for fewer than 30 rows.
FeatureAnalysis AnalyzeFeatures(std::span<const Observation> rows, const DeviceTraits& traits);

std::string FeaturesText(const FeatureAnalysis& analysis);
std::string FeaturesJson(const FeatureAnalysis& analysis);
std::string FeaturesHtml(const FeatureAnalysis& analysis);

}  // namespace joulecast
