// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "fit/layer_fit.h"
#include "fit/unseen_sessions.h"
#include "joulecast/profile.h"

namespace joulecast {

/// What a fit needs to know besides its rows.
struct FitRequest {
  std::string device;
  std::string title;
  DeviceTraits traits;
  Fusion fusion = Fusion::kNone;  ///< that the backend ran nets with
  Provenance provenance;          ///< training_rows is filled by the fit
  bool allow_residual = true;     ///< learned residuals where cross-validation says that they pay
};

/// A profile and how it came about.
struct ProfileFit {
  Profile profile;
  std::vector<LayerFit> layers;
  std::optional<double> drift;  ///< the profile's; nullopt where nothing tells and it is taken as 0
  std::vector<UnseenSession> unseen_sessions;  ///< the intervals' test on training rows
  std::vector<std::string> exclusions;         ///< types and rows left out, each with its reason
  std::vector<std::string> notes;              ///< what is doubtful but better than nothing
};

/// Fits every layer type that has enough rows, and the generic costs for those that have none.
/// `progress` is told each type before its fit. Throws Error{kInput} if no type can be fitted.
ProfileFit FitProfile(const FitRequest& request, std::span<const Observation> rows,
                      const std::function<void(std::string_view)>& progress);

}  // namespace joulecast
