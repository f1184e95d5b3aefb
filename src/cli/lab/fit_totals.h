// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "cli/app.h"
#include "fit/fit_profile.h"

namespace joulecast {

/// `fit --totals`: a profile from measurements of whole models.
struct TotalsOptions {
  std::string csv;
  std::string start_from;
  std::string measured_by = "unknown";

  void AddTo(CLI::App& command);
};

/// Fits, writes the profile and prints how well models are forecast that the fit has not seen.
int FitFromTotals(const TotalsOptions& options, const FitRequest& request,
                  const std::string& output, const std::string& format);

}  // namespace joulecast
