// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

namespace joulecast {

/// How well a predictor does; what was not computed or not published is absent.
struct PredictorScores {
  std::optional<double> cv_r2;     ///< mean over 10 folds of the training rows
  std::optional<double> cv_r2_sd;  ///< its standard deviation over the folds
  std::optional<double> test_r2;
  std::optional<double> test_mse;      ///< in units of the training target's range, squared
  std::optional<double> mape_percent;  ///< on the test rows
};

}  // namespace joulecast
