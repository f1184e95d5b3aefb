// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "fit/layer_fit.h"

namespace joulecast {

/// How a session's rows are forecast by a fit that has seen none of them: what the profile's
/// intervals promise, tried on training rows.
struct UnseenSession {
  std::string type;
  std::string source;
  std::size_t rows = 0;
  double mape_percent = 0;
  double median_error_percent = 0;  ///< with its sign: positive where forecasts run high
  double inside = 0;                ///< share of the rows inside their interval
};

/// Leaves out each session of the type that is large enough to be fitted by itself, if what remains
/// is, too; one that the fit does not use is unseen anyway. Forecasts are for the page state that
/// each row was measured in. `drift` is the profile's.
std::vector<UnseenSession> ForecastUnseenSessions(const LayerFit& fit,
                                                  std::span<const Observation> reads,
                                                  const DeviceTraits& traits, double drift);

}  // namespace joulecast
