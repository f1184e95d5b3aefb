// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "dataset/samples.h"
#include "fit/fit_profile.h"

namespace joulecast {

/// A profile to be made of a dataset.
struct DatasetFit {
  std::string dataset;
  SampleFilter rows;
  std::string name;                 ///< of the device; empty: the dataset's
  std::string title;                ///< for people; empty: the processor's name
  std::vector<std::string> traits;  ///< "NAME=VALUE", in place of what the dataset says
  bool allow_residual = true;
  std::string fitted_by;  ///< for provenance: "joulecast 0.1.0"
};

/// Fits what a dataset holds of one device. Throws Error{kInput} if there is nothing to fit, or
/// rows of several devices or of several kinds (measured, modelled); as `SetTrait`.
ProfileFit FitDataset(const DatasetFit& fit, const std::function<void(std::string_view)>& progress);

/// How well held-out rows are forecast, type by type. `output` is where the profile was written;
/// empty: nowhere.
std::string FitText(const ProfileFit& fit, const std::string& output);
std::string FitJson(const ProfileFit& fit, const std::string& output);

}  // namespace joulecast
