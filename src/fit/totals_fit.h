// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fit/fit_profile.h"
#include "fit/totals.h"

namespace joulecast {

/// A model's measurements beside forecasts by fits that have not seen any of them.
struct HeldOutModel {
  std::string model;
  std::vector<std::int64_t> batches;
  std::vector<double> measured_j;
  std::vector<double> forecast_j;
};

struct TotalsFit {
  Profile profile;
  std::vector<std::string> terms;    ///< what was fitted: "gmac", "activations+weights"
  std::vector<HeldOutModel> models;  ///< empty if there is one model only
  double half_width = 0;             ///< log-ratio, of a model that was held out
  std::vector<std::string> exclusions;
};

/// A profile without measured layers: generic costs per GMAC, GB of activations, GB of weights and
/// call, as few of them as forecast models best that the fit has not seen.
/// Throws Error{kInput} if there are too few usable rows.
TotalsFit FitTotals(const FitRequest& request, const Totals& totals);

/// Another device's profile with its costs scaled: all by one factor, or arithmetic and the rest
/// by one each, whichever forecasts unseen models better. Throws like FitTotals.
TotalsFit ScaleToTotals(const Profile& start, const FitRequest& request, const Totals& totals);

}  // namespace joulecast
