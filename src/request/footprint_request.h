// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "joulecast/estimate.h"
#include "request/parameter.h"

namespace joulecast {

/// What makes joules a footprint.
struct FootprintRequest {
  std::string region;
  std::optional<double> gco2_per_kwh;
  std::optional<double> pue;
  std::optional<double> price_per_kwh;
  std::optional<double> inferences_per_day;
  std::optional<double> embodied_kg;
  std::optional<double> lifetime_years;

  std::vector<Parameter> Parameters();

  /// The footprint, if anything asks for it. Throws Error{kUsage} for an unknown region and for
  /// what contradicts itself.
  std::optional<Footprint> Of(const EnergyForecast& energy, Seconds time) const;
};

}  // namespace joulecast
